package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.NotSerializableException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import storage.journal.RaftCall;

class NodeSerializerTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final TestProbe<FormationMessage> ASKER =
      KIT.createTestProbe(FormationMessage.class);

  private final NodeSerializer serializer =
      new NodeSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<NodeMessage> messages() {
    JournalStamp stamp = new JournalStamp("name", new TreeSet<>(List.of(1, 2, 3)), "id");
    RaftCall call = new RaftCall(RaftCall.Kind.COMMAND, new byte[] {1, 2, 3});
    Introduction introduction =
        new Introduction(1, "pekko://a@b:1", -5, "id", 99, new TreeMap<>(Map.of("key", "value")));
    return Stream.of(
        new JournalMessage.Call(1, 2, stamp, call),
        new JournalMessage.Answered(3, 4, call),
        new JournalMessage.Failed(5, 6, "why"),
        new FormationMessage.Question(introduction, ASKER.getRef()),
        new FormationMessage.Answer(introduction, new Standing(true, false, true, "x")));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void readsWhatItWrites(NodeMessage message) throws Exception {
    byte[] bytes = serializer.toBinary(message);

    NodeMessage read = (NodeMessage) serializer.fromBinary(bytes, serializer.manifest(message));

    // a call's bytes are an array, which its record compares by identity
    assertThat(serializer.toBinary(read)).isEqualTo(bytes);
    assertThat(read.getClass()).isEqualTo(message.getClass());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesWhatIsCut(NodeMessage message) {
    byte[] bytes = serializer.toBinary(message);

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> serializer.fromBinary(cut, serializer.manifest(message)))
          .isInstanceOf(NotSerializableException.class);
    }
  }

  @Test
  void refusesALengthThatNoMessageHas() {
    byte[] bytes =
        serializer.toBinary(
            new JournalMessage.Answered(1, 2, new RaftCall(RaftCall.Kind.COMMAND, new byte[0])));
    bytes[bytes.length - Integer.BYTES] = 0x7f;

    assertThatThrownBy(() -> serializer.fromBinary(bytes, "Answered.1"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("a length of");
  }

  @Test
  void refusesAKindThatItDoesNotKnow() {
    assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "Call.2"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("Call.2");
  }
}
