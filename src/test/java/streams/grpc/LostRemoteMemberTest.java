package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static streams.grpc.GrpcBroker.get;

import actors.group.GroupEvent.Caller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.ConsumerSettings;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerSettings;
import streams.StartPosition;
import streams.Subscriptions;

/**
 * A program without a broker is gone, as when it is killed: its connections end, it has not left
 * its group, and it never comes back.
 */
class LostRemoteMemberTest {
  private static final String GROUP = "readers";
  private static final int PARTITIONS = 6;
  private static final int KEYS = 24;
  private static final int PORTION = 3_000;
  private static final short OFFSETS_VERSION = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final List<Program> programs = new ArrayList<>();
  private Set<String> seated = Set.of();
  private GrpcBroker.Running broker;
  private ActorTestKit elsewhere;
  private String topic;

  @BeforeEach
  void start() {
    broker =
        new GrpcBroker.Running(
            GranarySettings.create()
                .withBrokerSettings(
                    Map.of(
                        "group.consumer.session.timeout.ms", "3000",
                        "group.consumer.heartbeat.interval.ms", "300")));
    elsewhere = Elsewhere.kit();
    topic = broker.topic(PARTITIONS, Map.of());
  }

  @AfterEach
  void end() {
    programs.forEach(program -> program.client.close());
    elsewhere.shutdownTestKit();
    broker.close();
  }

  /** A client of its own with one member of the group. */
  private final class Program {
    private final GranaryClient client =
        get(GranaryClient.connect(elsewhere.system(), "127.0.0.1:" + broker.port()));
    private final List<Integer> read = new CopyOnWriteArrayList<>();
    private final DrainingControl<Done> control;

    private Program() {
      ConsumerSettings<Integer, Integer> settings =
          client
              .consumer(new IntegerDeserializer(), new IntegerDeserializer())
              .withGroupId(GROUP)
              .withStartPosition(StartPosition.EARLIEST);
      control =
          Consumer.committableSource(settings, Subscriptions.topics(topic))
              .map(
                  message -> {
                    read.add(message.record().value());
                    return message.committableOffset();
                  })
              .toMat(
                  Committer.sink(CommitterSettings.create(elsewhere.system())),
                  Consumer::createDrainingControl)
              .run(elsewhere.system());
      programs.add(this);
    }
  }

  /** The next so many numbers. */
  private void produce(int portion) {
    get(
        Source.range(portion * PORTION, (portion + 1) * PORTION - 1)
            .map(number -> new ProducerRecord<>(topic, number % KEYS, number))
            .runWith(
                Producer.plainSink(
                    ProducerSettings.create(
                        broker.node(), new IntegerSerializer(), new IntegerSerializer())),
                broker.system()));
  }

  private List<Integer> readings() {
    return programs.stream().flatMap(program -> program.read.stream()).toList();
  }

  private void awaitAll(int portions) {
    await().atMost(PATIENCE).until(() -> new HashSet<>(readings()).size() == portions * PORTION);
  }

  /**
   * Until so many members share the partitions, each some.
   *
   * @param newcomers of them were not there before
   */
  private void awaitMembers(int count, int newcomers) {
    await().atMost(PATIENCE).until(() -> areSeated(described(), count, newcomers));
  }

  private boolean areSeated(DescribedGroup group, int count, int newcomers) {
    Set<String> ids = group.members().stream().map(Member::memberId).collect(Collectors.toSet());
    Set<String> came = new HashSet<>(ids);
    came.removeAll(seated);
    boolean all =
        group.groupState().equals("Stable")
            && ids.size() == count
            && came.size() == newcomers
            && group.members().stream()
                .noneMatch(member -> member.assignment().topicPartitions().isEmpty());
    if (all) {
      seated = ids;
    }
    return all;
  }

  private DescribedGroup described() {
    return (DescribedGroup)
        ask((short) 0, new ConsumerGroupDescribeRequestData().setGroupIds(List.of(GROUP)));
  }

  private Message ask(short version, Message request) {
    return get(broker.node().groups().ask(GROUP, new Caller("test", "/here", version), request));
  }

  private static Set<Integer> twice(List<Integer> readings) {
    Set<Integer> once = new HashSet<>();
    return readings.stream().filter(number -> !once.add(number)).collect(Collectors.toSet());
  }

  private long committed() {
    OffsetFetchResponseGroup answer =
        (OffsetFetchResponseGroup)
            ask(OFFSETS_VERSION, new OffsetFetchRequestGroup().setGroupId(GROUP).setTopics(null));
    return answer.topics().stream()
        .flatMap(one -> one.partitions().stream())
        .mapToLong(OffsetFetchResponsePartitions::committedOffset)
        .sum();
  }

  @Test
  void isMissedByItsGroupWhichAccountsForEveryRecord() {
    Program first = new Program();
    Program lost = new Program();
    Program third = new Program();
    awaitMembers(3, 3);
    produce(0);
    awaitAll(1);
    assertThat(readings()).doesNotHaveDuplicates();

    produce(1);
    lost.client.close();
    produce(2);
    Program fourth = new Program();
    awaitMembers(3, 1); // without the one that is lost
    produce(3);
    awaitAll(4);
    List<Program> alive = List.of(first, third, fourth);
    alive.forEach(program -> get(program.control.drainAndShutdown(Runnable::run)));

    assertThat(twice(readings())).isSubsetOf(lost.read);
    assertThat(alive)
        .allSatisfy(program -> assertThat(program.read).isNotEmpty())
        .allSatisfy(LostRemoteMemberTest::assertInOrder);
    assertThat(committed()).isEqualTo(4 * PORTION);
  }

  /** A partition that comes back to it is read on from where the others are. */
  private static void assertInOrder(Program program) {
    Map<Integer, List<Integer>> byKey = new HashMap<>();
    program.read.forEach(n -> byKey.computeIfAbsent(n % KEYS, key -> new ArrayList<>()).add(n));
    assertThat(byKey.values()).allSatisfy(ofKey -> assertThat(ofKey).isSorted());
  }
}
