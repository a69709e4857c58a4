package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import com.typesafe.config.ConfigFactory;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReplicationSerializerTest {
  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.allow-java-serialization = off")
              .withFallback(ConfigFactory.load()));
  private static final ReplicationSerializer SERIALIZER =
      new ReplicationSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));
  private static final LeaderEpoch EPOCH = new LeaderEpoch(12);
  private static final BrokerEpoch LIFE = new BrokerEpoch(1L << 40);
  private static final ReplicationMessage.Marks MARKS =
      new ReplicationMessage.Marks(1L << 33, 1L << 32);
  private static final ActorRef<Replica.Command> SENDER =
      KIT.createTestProbe(Replica.Command.class).ref();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  static Stream<ReplicationMessage> messages() {
    return Stream.of(
        new ReplicationMessage.Fetch(EPOCH, 3, 1L << 50, LIFE, -1, 1L << 33, 1L << 34, 1 << 21),
        new ReplicationMessage.Accepted(EPOCH, 1, 9, MARKS),
        new ReplicationMessage.Diverged(EPOCH, 1, 9, 11, 1L << 35),
        new ReplicationMessage.BeginAt(EPOCH, 1, 9, 1L << 35),
        new ReplicationMessage.Closed(EPOCH, 1, 9),
        new ReplicationMessage.Progress(
            EPOCH, 3, 9, LIFE, 1L << 32, 1L << 36, 1L << 35, 1L << 34, 1 << 19),
        push(0),
        push(Limits.PUSH_BYTES_MAX));
  }

  private static ReplicationMessage.Push push(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31);
    }
    return new ReplicationMessage.Push(
        EPOCH,
        1,
        9,
        1L << 34,
        (1L << 34) + 7,
        new ReplicationMessage.Part(0, size),
        MARKS,
        ByteBuffer.wrap(bytes));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void givesBackWhatItWasGiven(ReplicationMessage message) throws NotSerializableException {
    Replica.FromPeer fromPeer = new Replica.FromPeer(message, SENDER);

    byte[] bytes = SERIALIZER.toBinary(fromPeer);

    assertThat(SERIALIZER.fromBinary(bytes, SERIALIZER.manifest(fromPeer))).isEqualTo(fromPeer);
    ByteBuffer asArteryHasIt = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(SERIALIZER.fromBinary(asArteryHasIt, SERIALIZER.manifest(fromPeer)))
        .isEqualTo(fromPeer);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void writesTheSameIntoTheTransportsBufferAndKeepsNothingOfIt(ReplicationMessage message)
      throws NotSerializableException {
    Replica.FromPeer fromPeer = new Replica.FromPeer(message, SENDER);
    ByteBuffer frame = ByteBuffer.allocateDirect(256 * 1024).order(ByteOrder.LITTLE_ENDIAN);

    SERIALIZER.toBinary(fromPeer, frame);
    frame.flip();
    Object read = SERIALIZER.fromBinary(frame, SERIALIZER.manifest(fromPeer));
    assertThat(frame.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < frame.capacity(); i++) {
      frame.clear().put(i, (byte) 0);
    }

    assertThat(read).isEqualTo(fromPeer);
  }

  @ParameterizedTest
  @MethodSource("messages")
  void doesNotHearDamagedBytes(ReplicationMessage message) {
    Replica.FromPeer fromPeer = new Replica.FromPeer(message, SENDER);
    byte[] whole = SERIALIZER.toBinary(fromPeer);
    Random random = new Random(whole.length);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length);
      int at = random.nextInt(i % 2 == 0 ? Math.min(whole.length, 200) : whole.length);
      damaged[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
      assertNotHeard(damaged, fromPeer);
      assertNotHeard(Arrays.copyOf(whole, random.nextInt(whole.length)), fromPeer);
    }
  }

  private static void assertNotHeard(byte[] bytes, Replica.FromPeer fromPeer) {
    assertThatThrownBy(() -> SERIALIZER.fromBinary(bytes, SERIALIZER.manifest(fromPeer)))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void isTheOneThatTheConfigurationBinds() throws NotSerializableException {
    Object fromPeer = new Replica.FromPeer(push(3), SENDER);

    assertThat(SerializationExtension.get(KIT.system()).serializerFor(fromPeer.getClass()))
        .isInstanceOf(ReplicationSerializer.class);
  }

  @Test
  void saysThatItDoesNotKnowANewerKind() {
    byte[] bytes = SERIALIZER.toBinary(new Replica.FromPeer(push(3), SENDER));

    assertThatThrownBy(() -> SERIALIZER.fromBinary(bytes, "P2"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("P2");
  }
}
