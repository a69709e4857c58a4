package actors.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.LeaderEpoch;
import actors.group.GroupEvent.Caller;
import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GateSerializerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.allow-java-serialization = off")
              .withFallback(ConfigFactory.load()));
  private static final GateSerializer SERIALIZER =
      new GateSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));
  private static final LeaderEpoch EPOCH = new LeaderEpoch(12);
  private static final ActorRef<GateMessage> SOMEBODY =
      KIT.createTestProbe(GateMessage.class).ref();
  private static final ActorRef<GroupChanged> WATCHER =
      KIT.createTestProbe(GroupChanged.class).ref();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<GateMessage> messages() {
    return Stream.of(
        ask(
            1,
            new ConsumerGroupHeartbeatRequestData()
                .setGroupId("g")
                .setMemberId("m")
                .setMemberEpoch(4)
                .setSubscribedTopicNames(List.of("zu spät"))
                .setTopicPartitions(List.of()),
            Optional.of(Watcher.ofMember(WATCHER))),
        ask(
            1,
            new ConsumerGroupHeartbeatRequestData().setGroupId("g").setMemberId("m"),
            Optional.of(Watcher.onlyTold(WATCHER))),
        ask(10, new OffsetCommitRequestData().setGroupId("g").setMemberId("m"), Optional.empty()),
        ask(
            10,
            new OffsetFetchRequestGroup()
                .setGroupId("g")
                .setTopics(
                    List.of(
                        new OffsetFetchRequestTopics()
                            .setTopicId(new Uuid(3, 4))
                            .setPartitionIndexes(List.of(1, 2)))),
            Optional.empty()),
        answered(1, new ConsumerGroupHeartbeatResponseData().setMemberId("m").setMemberEpoch(5)),
        answered(10, new OffsetCommitResponseData()),
        answered(10, new OffsetFetchResponseGroup().setGroupId("g")),
        new GroupChanged(EPOCH, "g"));
  }

  private static GateMessage ask(int version, Message request, Optional<Watcher> watcher) {
    return new GateMessage.Ask(
        EPOCH, "g", new Caller("c", "/h", (short) version), request, watcher, SOMEBODY);
  }

  private static GateMessage answered(int version, Message answer) {
    return new GateMessage.Answered(EPOCH, (short) version, answer);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void readsWhatItWrote(GateMessage message) throws NotSerializableException {
    assertThat(SERIALIZER.fromBinary(SERIALIZER.toBinary(message), SERIALIZER.manifest(message)))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesWhatIsCutOff(GateMessage message) {
    byte[] bytes = SERIALIZER.toBinary(message);

    assertThatThrownBy(
            () -> SERIALIZER.fromBinary(Arrays.copyOf(bytes, 6), SERIALIZER.manifest(message)))
        .isInstanceOf(NotSerializableException.class);
  }

  @Test
  void isTheOneThatIsUsed() {
    assertThat(
            SerializationExtension.get(KIT.system())
                .findSerializerFor(new GroupChanged(EPOCH, "g")))
        .isInstanceOf(GateSerializer.class);
  }
}
