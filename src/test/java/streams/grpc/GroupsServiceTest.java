package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static streams.grpc.GrpcBroker.get;
import static streams.grpc.GrpcBroker.refusal;

import actors.LeaderEpoch;
import actors.group.GroupChanged;
import actors.group.GroupEvent.Caller;
import actors.group.GroupWire;
import actors.group.Watcher;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.grpc.v1.AskCoordinatorRequest;
import streams.grpc.v1.AskCoordinatorRequest.Kind;
import streams.grpc.v1.GroupsClient;

/** What goes to coordinators of groups from elsewhere, and what comes back. */
@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class GroupsServiceTest {
  /** Less than the session of a member. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private GrpcBroker.Running broker;
  private ActorTestKit elsewhere;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    elsewhere = Elsewhere.kit();
  }

  @AfterAll
  void close() {
    elsewhere.shutdownTestKit();
  }

  private List<String> members(String group) {
    DescribedGroup described =
        (DescribedGroup)
            get(
                broker
                    .node()
                    .groups()
                    .ask(
                        group,
                        new Caller("test", "/here", (short) 0),
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group))));
    return described.members().stream().map(member -> member.memberId()).toList();
  }

  /** Again while the coordinator is not there yet. */
  private static int beat(
      RemoteTransport by, String member, int epoch, TestProbe<GroupChanged> watcher) {
    ConsumerGroupHeartbeatRequestData request =
        new ConsumerGroupHeartbeatRequestData()
            .setGroupId("mortals")
            .setMemberId(member)
            .setMemberEpoch(epoch)
            .setRebalanceTimeoutMs(1_000)
            .setSubscribedTopicNames(List.of("nothing"))
            .setTopicPartitions(List.of());
    Caller caller = new Caller("test", by.host(), (short) 1);
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                (ConsumerGroupHeartbeatResponseData)
                    get(
                        by.groups()
                            .askCoordinator(
                                "mortals",
                                caller,
                                request,
                                Optional.of(Watcher.ofMember(watcher.ref())))),
            answer -> answer.errorCode() == 0)
        .memberEpoch();
  }

  @Test
  void aMemberIsToldOfChangesAndMissedAtOnceWhenItDies() {
    RemoteTransport transport =
        new RemoteTransport(
            elsewhere.system(),
            List.of(new Line.Endpoint("127.0.0.1", broker.port())),
            ClientTuning.of(elsewhere.system().settings().config()));
    get(transport.line().open());
    try {
      TestProbe<GroupChanged> one = elsewhere.createTestProbe();
      TestProbe<GroupChanged> other = elsewhere.createTestProbe();
      int epoch = beat(transport, "one", 0, one);
      GroupChanged first = one.expectMessageClass(GroupChanged.class, PATIENCE);
      assertThat(first.epoch()).isEqualTo(LeaderEpoch.NONE);
      beat(transport, "one", epoch, one);

      beat(transport, "other", 0, other);

      assertThat(one.expectMessageClass(GroupChanged.class, PATIENCE).epoch())
          .isGreaterThan(LeaderEpoch.NONE);
      assertThat(members("mortals")).containsExactlyInAnyOrder("one", "other");
      one.stop();
      Awaitility.await().atMost(PATIENCE).until(() -> members("mortals").equals(List.of("other")));
    } finally {
      transport.line().close();
    }
  }

  @Test
  void nothingElseGoesToTheCoordinator() {
    ConsumerGroupHeartbeatRequestData beat =
        new ConsumerGroupHeartbeatRequestData().setGroupId("g").setMemberId("m").setMemberEpoch(1);
    ByteString bytes = ByteString.copyFrom(GroupWire.bytes(beat, (short) 1));
    GroupsClient groups = GroupsClient.create(broker.client(), broker.system());
    try {
      Map.of(
              "nothing for a gate: 0", question(Kind.KIND_UNSPECIFIED, 1, bytes),
              "no version of a HEARTBEAT: 0", question(Kind.HEARTBEAT, 0, bytes),
              "no version of a FETCH: 99", question(Kind.FETCH, 99, bytes),
              "cannot be read", question(Kind.HEARTBEAT, 1, bytes.substring(0, 3)),
              "bytes more than", question(Kind.HEARTBEAT, 1, bytes.concat(bytes)),
              "more than 524288",
                  question(Kind.HEARTBEAT, 1, ByteString.copyFrom(new byte[524_289])))
          .forEach(
              (sentence, question) -> {
                GrpcBroker.Refusal refusal = refusal(groups.ask(question));
                assertThat(refusal.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
                assertThat(refusal.info().getReason()).isEqualTo("INVALID_REQUEST");
                assertThat(refusal.sentence()).contains(sentence);
              });
    } finally {
      get(groups.close());
    }
  }

  private static AskCoordinatorRequest question(Kind kind, int version, ByteString bytes) {
    return AskCoordinatorRequest.newBuilder()
        .setKind(kind)
        .setVersion(version)
        .setRequest(bytes)
        .build();
  }
}
