package actors.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.LeaderEpoch;
import actors.access.AccessMessage.Answer;
import actors.access.AccessMessage.Asked;
import actors.access.AccessMessage.Part;
import actors.access.AccessMessage.Question;
import actors.access.AccessMessage.Told;
import actors.partition.OffsetQuery;
import actors.partition.ReplicaReply;
import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AccessSerializerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.allow-java-serialization = off")
              .withFallback(ConfigFactory.load()));
  private static final AccessSerializer SERIALIZER =
      new AccessSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));
  private static final LeaderEpoch EPOCH = new LeaderEpoch(12);
  private static final ActorRef<AccessMessage> SOMEBODY =
      KIT.createTestProbe(AccessMessage.class).ref();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<AccessMessage> messages() {
    Stream<AccessMessage> meetings =
        Stream.of(
            new AccessMessage.Open(EPOCH, new Uuid(1L << 60, -3), 7, SOMEBODY),
            new AccessMessage.Opened(EPOCH, SOMEBODY),
            new AccessMessage.Refused(EPOCH, Errors.FENCED_LEADER_EPOCH, "zu spät"));
    return Stream.concat(
        meetings,
        Stream.concat(
            questions().map(question -> new Asked(EPOCH, 1L << 40, question)),
            answers().map(answer -> new Told(EPOCH, 1L << 41, answer))));
  }

  private static Stream<Question> questions() {
    OptionalInt epoch = OptionalInt.of(11);
    OptionalInt none = OptionalInt.empty();
    return Stream.of(
        new Question.Append(9, (short) -1, new Part(3, 8 << 20), bytes(Limits.PART_BYTES_MAX)),
        new Question.Append(9, (short) 1, new Part(0, 0), bytes(0)),
        new Question.Read(9, 1L << 50, 1 << 20, true, false, none, 1L << 50),
        new Question.Read(9, 0, 1, false, true, epoch, -1),
        new Question.FindOffset(9, new OffsetQuery.Earliest(), none),
        new Question.FindOffset(9, new OffsetQuery.Latest(true), epoch),
        new Question.FindOffset(9, new OffsetQuery.ByTimestamp(1L << 43), none),
        new Question.FindOffset(9, new OffsetQuery.MaxTimestamp(), none),
        new Question.FindOffset(9, new OffsetQuery.EndOfEpoch(4), none),
        new Question.Load(9),
        new Question.Taken(9),
        new Question.Forget(9),
        new Question.Check());
  }

  private static Stream<Answer> answers() {
    return Stream.of(
        new Answer.Appended(
            new ReplicaReply.Appended(9, Errors.NONE, 1L << 33, 1L << 42, 5, Optional.empty())),
        new Answer.Appended(
            new ReplicaReply.Appended(
                9, Errors.NOT_ENOUGH_REPLICAS, -1, -1, -1, Optional.of("zwei fehlen".repeat(99)))),
        new Answer.Data(data(Errors.NONE, true), 0),
        new Answer.Data(data(Errors.OFFSET_OUT_OF_RANGE, false), 1 << 20),
        new Answer.OffsetFound(
            new ReplicaReply.OffsetFound(9, Errors.NONE, 1L << 34, 1L << 42, 12)),
        new Answer.Bytes(9, new Part(0, 77), bytes(77)),
        new Answer.NotLoaded(9, Errors.THROTTLING_QUOTA_EXCEEDED, "später"),
        new Answer.Checked());
  }

  private static ReplicaReply.Data data(Errors error, boolean waiting) {
    return new ReplicaReply.Data(9, error, Optional.empty(), 1L << 35, 1L << 34, 3, waiting);
  }

  private static ByteBuffer bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void givesBackWhatItWasGivenWhateverTheBuffersOrder(AccessMessage message)
      throws NotSerializableException {
    byte[] bytes = SERIALIZER.toBinary(message);

    assertThat(SERIALIZER.fromBinary(bytes, SERIALIZER.manifest(message))).isEqualTo(message);
    ByteBuffer asArteryHasIt = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(SERIALIZER.fromBinary(asArteryHasIt, SERIALIZER.manifest(message)))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void writesTheSameIntoTheTransportsBufferAndKeepsNothingOfIt(AccessMessage message)
      throws NotSerializableException {
    ByteBuffer frame = ByteBuffer.allocateDirect(256 * 1024).order(ByteOrder.LITTLE_ENDIAN);

    SERIALIZER.toBinary(message, frame);
    frame.flip();
    Object read = SERIALIZER.fromBinary(frame, SERIALIZER.manifest(message));
    assertThat(frame.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frame.capacity(); i++) {
      frame.clear().put(i, (byte) 0);
    }

    assertThat(read).isEqualTo(message);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void refusesAMessageThatIsCutOff(AccessMessage message) {
    byte[] bytes = SERIALIZER.toBinary(message);
    byte[] cut = Arrays.copyOf(bytes, 3);

    assertThatThrownBy(() -> SERIALIZER.fromBinary(cut, SERIALIZER.manifest(message)))
        .isInstanceOf(NotSerializableException.class);
  }

  @Test
  void isTheOneThatTheConfigurationBinds() throws NotSerializableException {
    assertThat(
            SerializationExtension.get(KIT.system())
                .serializerFor(new Asked(EPOCH, 1, new Question.Check()).getClass()))
        .isInstanceOf(AccessSerializer.class);
  }

  @Test
  void saysThatItDoesNotKnowANewerKind() {
    byte[] bytes = SERIALIZER.toBinary(new Asked(EPOCH, 1, new Question.Check()));

    assertThatThrownBy(() -> SERIALIZER.fromBinary(bytes, "QI2"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("QI2");
  }

  @Test
  void refusesAPartBeyondItsWhole() {
    Object message = new Told(EPOCH, 1, new Answer.Bytes(9, new Part(78, 77), bytes(1)));
    byte[] bytes = SERIALIZER.toBinary(message);

    assertThatThrownBy(() -> SERIALIZER.fromBinary(bytes, SERIALIZER.manifest(message)))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("78 of 77");
  }
}
