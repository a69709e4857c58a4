package actors.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.group.GroupEvent.Caller;
import actors.group.offsets.OffsetRecord;
import actors.group.offsets.OffsetSettings;
import actors.partition.Replica;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A coordinator and its groups over a log whose commits and refusals the test says. */
class PartitionCoordinatorTest {
  private static final ActorTestKit TEST_KIT = ActorTestKit.create();
  private static final long PATIENCE_SECONDS = 20;
  private static final Caller CALLER = new Caller("client", "/127.0.0.1", (short) 5);

  private final SharedLog log = new SharedLog();
  private final ActorRef<Replica.Command> replica = TEST_KIT.spawn(log.leader());
  private final AtomicBoolean loaded = new AtomicBoolean();
  private GroupListing listing;
  private ActorRef<PartitionCoordinator.Command> coordinator = start();

  @AfterAll
  static void stop() {
    TEST_KIT.shutdownTestKit();
  }

  private ActorRef<PartitionCoordinator.Command> start() {
    GroupSettings settings =
        GroupSettings.of(
            BrokerConfigs.of(Map.of("group.initial.rebalance.delay.ms", "0"))
                .fold(configs -> configs, refused -> BrokerConfigs.DEFAULTS));
    GroupLog place = new GroupLog(log.epoch(), replica, () -> 1 << 20, () -> 1);
    listing = new GroupListing();
    return TEST_KIT.spawn(
        PartitionCoordinator.create(
            new PartitionCoordinator.Place(
                0,
                place,
                new Situations(
                    () -> 1, settings, OneTopic::new, () -> Uuid.randomUuid().toString()),
                new OffsetSettings(4_096, 1_000_000, 1_000_000),
                listing,
                Runnable::run,
                () -> loaded.set(true))));
  }

  /** The topic {@code orders} of four partitions. */
  private record OneTopic() implements TopicsView {
    private static final Topic ORDERS = new Topic(new Uuid(7, 7), "orders", 4);

    @Override
    public long version() {
      return 1;
    }

    @Override
    public Optional<Topic> topic(String name) {
      return Optional.of(ORDERS).filter(topic -> topic.name().equals(name));
    }

    @Override
    public Optional<Topic> topic(Uuid id) {
      return Optional.of(ORDERS).filter(topic -> topic.id().equals(id));
    }

    @Override
    public SortedSet<String> names() {
      return new TreeSet<>(List.of("orders"));
    }
  }

  private CompletableFuture<Message> ask(String groupId, Message request) {
    CompletableFuture<Message> answer = new CompletableFuture<>();
    coordinator.tell(
        new PartitionCoordinator.AskGroup(
            groupId, new GroupSupervisor.Ask(CALLER, request, answer)));
    return answer;
  }

  private static <T extends Message> T get(CompletableFuture<Message> answer, Class<T> type) {
    try {
      return type.cast(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  private static OffsetCommitRequestData commit(String groupId, long offset) {
    return new OffsetCommitRequestData()
        .setGroupId(groupId)
        .setTopics(
            List.of(
                new OffsetCommitRequestData.OffsetCommitRequestTopic()
                    .setName("orders")
                    .setPartitions(
                        List.of(
                            new OffsetCommitRequestData.OffsetCommitRequestPartition()
                                .setPartitionIndex(2)
                                .setCommittedOffset(offset)))));
  }

  private static Errors errorOf(OffsetCommitResponseData response) {
    return Errors.forCode(response.topics().get(0).partitions().get(0).errorCode());
  }

  private long committed(String groupId) {
    OffsetFetchRequestGroup request =
        new OffsetFetchRequestGroup()
            .setGroupId(groupId)
            .setMemberId(null)
            .setTopics(
                List.of(
                    new OffsetFetchRequestTopics()
                        .setName("orders")
                        .setPartitionIndexes(List.of(2))));
    return get(ask(groupId, request), OffsetFetchResponseGroup.class)
        .topics()
        .get(0)
        .partitions()
        .get(0)
        .committedOffset();
  }

  private Errors commitNow(String groupId, long offset) {
    return errorOf(get(ask(groupId, commit(groupId, offset)), OffsetCommitResponseData.class));
  }

  @Nested
  class WhenOffsetsAreCommitted {
    @Test
    void givesThemBack() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);

      assertThat(committed("readers")).isEqualTo(41);
      assertThat(committed("others")).isEqualTo(-1);
    }

    @Test
    void answersOnlyOnceAllReplicasHaveThem() {
      log.commits(false);
      CompletableFuture<Message> answer = ask("readers", commit("readers", 41));
      await().until(() -> log.records().size() == 1);

      assertThat(answer).isNotDone();
      log.commits(true);

      assertThat(errorOf(get(answer, OffsetCommitResponseData.class))).isEqualTo(Errors.NONE);
    }

    @Test
    void showsNobodyWhatIsNotCommitted() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);
      log.commits(false);
      CompletableFuture<Message> answer = ask("readers", commit("readers", 42));
      await().until(() -> log.records().size() == 2);

      assertThat(committed("readers")).isEqualTo(41);
      log.commits(true);

      get(answer, OffsetCommitResponseData.class);
      assertThat(committed("readers")).isEqualTo(42);
    }
  }

  @Nested
  class WhenItTakesOver {
    @Test
    void knowsWhatTheLastOneHasAnswered() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);

      takeOver();

      assertThat(committed("readers")).isEqualTo(41);
      assertThat(listing.all()).extracting(Groups.Listed::groupId).containsExactly("readers");
    }

    @Test
    void answersNothingBeforeAllOfTheLogIsCommitted() {
      log.commits(false);
      CompletableFuture<Message> ofTheOneBefore = ask("readers", commit("readers", 41));
      await().until(() -> log.records().size() == 1);
      assertThat(ofTheOneBefore).isNotDone();
      loaded.set(false);
      takeOver();
      CompletableFuture<Message> question =
          ask(
              "readers",
              new OffsetFetchRequestGroup()
                  .setGroupId("readers")
                  .setMemberId(null)
                  .setTopics(null));

      assertThat(question).isNotDone();
      assertThat(loaded).isFalse();
      log.commits(true);

      assertThat(get(question, OffsetFetchResponseGroup.class).topics()).hasSize(1);
    }

    @Test
    void leavesItsPredecessorNothingToSay() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);
      ActorRef<PartitionCoordinator.Command> stale = coordinator;
      TestProbe<Void> probe = TEST_KIT.createTestProbe();

      takeOver();
      CompletableFuture<Message> late = new CompletableFuture<>();
      stale.tell(
          new PartitionCoordinator.AskGroup(
              "readers", new GroupSupervisor.Ask(CALLER, commit("readers", 7), late)));

      assertThat(errorOf(get(late, OffsetCommitResponseData.class)))
          .isEqualTo(Errors.NOT_COORDINATOR);
      probe.expectTerminated(stale);
      assertThat(committed("readers")).isEqualTo(41);
    }

    private void takeOver() {
      log.nextReign();
      coordinator = start();
    }
  }

  @Nested
  class WhenTheLogRefuses {
    @Test
    void staysAsItWasWhereNothingWasAppended() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);
      log.refuses(Errors.NOT_ENOUGH_REPLICAS);

      assertThat(commitNow("readers", 42)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
      log.refuses(Errors.NONE);

      assertThat(committed("readers")).isEqualTo(41);
    }

    @Test
    void putsTheGroupBeforeBack() {
      JoinGroupResponseData joined = join("readers", "");
      JoinGroupResponseData member = join("readers", joined.memberId());
      assertThat(member.errorCode()).isZero();
      log.refuses(Errors.NOT_ENOUGH_REPLICAS);

      assertThat(sync("readers", member).errorCode())
          .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE.code());
      log.refuses(Errors.NONE);

      assertThat(sync("readers", member).errorCode()).isZero();
    }

    @Test
    void stopsWhereItIsUncertainWhatWasAppended() {
      TestProbe<Void> probe = TEST_KIT.createTestProbe();
      log.refuses(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);

      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NOT_COORDINATOR);

      probe.expectTerminated(coordinator);
    }
  }

  private JoinGroupResponseData join(String groupId, String memberId) {
    JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
    protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {1}));
    return get(
        ask(
            groupId,
            new JoinGroupRequestData()
                .setGroupId(groupId)
                .setMemberId(memberId)
                .setProtocolType("consumer")
                .setSessionTimeoutMs(10_000)
                .setRebalanceTimeoutMs(10_000)
                .setProtocols(protocols)),
        JoinGroupResponseData.class);
  }

  private SyncGroupResponseData sync(String groupId, JoinGroupResponseData member) {
    return get(
        ask(
            groupId,
            new SyncGroupRequestData()
                .setGroupId(groupId)
                .setMemberId(member.memberId())
                .setGenerationId(member.generationId())
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(
                    List.of(
                        new SyncGroupRequestData.SyncGroupRequestAssignment()
                            .setMemberId(member.memberId())
                            .setAssignment(new byte[] {2})))),
        SyncGroupResponseData.class);
  }

  @Nested
  class WhenAGroupIsGone {
    @Test
    void forgetsItAndItsOffsets() {
      assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);

      assertThat(delete("readers")).isEqualTo(Errors.NONE);

      assertThat(committed("readers")).isEqualTo(-1);
      await().until(() -> listing.all().isEmpty());
      assertThat(log.records())
          .last()
          .satisfies(record -> assertThat(((OffsetRecord) record).committed()).isEmpty());
    }

    @Test
    void canBeginAnew() {
      for (int round = 0; round < 20; round++) {
        assertThat(commitNow("readers", round)).isEqualTo(Errors.NONE);
        assertThat(delete("readers")).isEqualTo(Errors.NONE);
      }
      assertThat(delete("readers")).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void isNotThereForQuestions() {
      DescribedGroup described =
          get(
              ask("nobody", new DescribeGroupsRequestData().setGroups(List.of("nobody"))),
              DescribedGroup.class);

      assertThat(described.groupState()).isEqualTo("Dead");
      assertThat(listing.all()).isEmpty();
    }

    private Errors delete(String groupId) {
      return Errors.forCode(
          get(
                  ask(groupId, new DeleteGroupsRequestData().setGroupsNames(List.of(groupId))),
                  DeletableGroupResult.class)
              .errorCode());
    }
  }

  @Test
  void forgetsOffsetsOfATopicThatIsGone() {
    assertThat(commitNow("readers", 41)).isEqualTo(Errors.NONE);

    coordinator.tell(new PartitionCoordinator.TopicsChanged("orders"::equals));

    await().until(() -> committed("readers") == -1);
  }

  @Test
  void refusesWhatItHoldsWhenItsDeskCloses() {
    log.commits(false);
    CoordinatorDesks desks = new CoordinatorDesks(() -> ClusterMetadata.EMPTY);
    desks.follow(ImageTopics.of(ClusterMetadata.EMPTY), new CoordinatorDesks.Shape(1, 1 << 20));
    desks.open(0).staff(coordinator);
    CompletableFuture<Message> answer =
        desks.ask("readers", CALLER, commit("readers", 1), Optional.empty()).toCompletableFuture();
    await().until(() -> log.records().size() == 1);

    desks.close(0);

    assertThat(errorOf(get(answer, OffsetCommitResponseData.class)))
        .isEqualTo(Errors.NOT_COORDINATOR);
    assertThat(
            errorOf(
                get(
                    desks
                        .ask("readers", CALLER, commit("readers", 2), Optional.empty())
                        .toCompletableFuture(),
                    OffsetCommitResponseData.class)))
        .isEqualTo(Errors.NOT_COORDINATOR);
  }
}
