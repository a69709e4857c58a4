package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import actors.LeaderEpoch;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.record.Batches;

/** What reaches a follower is not always what its leader sent. */
class DamagedFramesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final ReplicationSerializer SERIALIZER =
      new ReplicationSerializer((ExtendedActorSystem) Adapter.toClassic(KIT.system()));
  private static final int DAMAGED_PUSHES = 3;

  @TempDir Path root;

  private ReplicaTrio trio;

  @AfterAll
  static void stopActors() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void start() {
    trio = new ReplicaTrio(KIT, root, Map.of(), Map.of("min.insync.replicas", "2"));
  }

  @AfterEach
  void stop() {
    trio.close();
  }

  private void appendCommitted(int count) {
    for (int i = 0; i < count; i++) {
      TestProbe<ReplicaReply> client = KIT.createTestProbe(ReplicaReply.class);
      trio.replica(1)
          .tell(new Replica.Append(i, Batches.of(3, 1_000 + i), (short) -1, client.ref()));
      assertThat(client.expectMessageClass(ReplicaReply.Appended.class, PATIENCE).error())
          .isEqualTo(Errors.NONE);
    }
  }

  private byte[] log(int broker) throws IOException {
    Path segment = trio.logOf(broker).resolve("00000000000000000000.log");
    return Files.exists(segment) ? Files.readAllBytes(segment) : new byte[0];
  }

  private void awaitEqualLogs() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(log(2)).isEqualTo(log(1));
              assertThat(log(3)).isEqualTo(log(1));
            });
  }

  /** Between leader and follower; one bit of each of the first pushes becomes another. */
  private ActorRef<Replica.Command> damaging(
      ActorRef<Replica.Command> follower, ActorRef<Replica.Command> leader, AtomicInteger left) {
    Random random = new Random(left.get());
    return KIT.spawn(
        Behaviors.receive(
            (context, command) -> {
              ReplicationMessage message = ((Replica.FromPeer) command).message();
              Replica.FromPeer passed = new Replica.FromPeer(message, context.getSelf());
              if (message instanceof ReplicationMessage.Progress) {
                leader.tell(passed);
              } else if (message instanceof ReplicationMessage.Push && left.getAndDecrement() > 0) {
                overABadWire(passed, random).ifPresent(follower::tell);
              } else {
                follower.tell(passed);
              }
              return Behaviors.same();
            }));
  }

  /** What the transport makes of it: nothing, if the serializer cannot read it. */
  private static Optional<Replica.Command> overABadWire(Replica.FromPeer sent, Random random) {
    byte[] bytes = SERIALIZER.toBinary(sent);
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    try {
      return Optional.of((Replica.Command) SERIALIZER.fromBinary(bytes, SERIALIZER.manifest(sent)));
    } catch (NotSerializableException damaged) {
      return Optional.empty();
    }
  }

  @Test
  void leaveNoTraceInTheFollowersLog() {
    AtomicInteger left = new AtomicInteger(DAMAGED_PUSHES);
    trio.bend(
        command ->
            command instanceof Replica.FromPeer fromPeer
                    && fromPeer.message() instanceof ReplicationMessage.Fetch
                ? new Replica.FromPeer(
                    fromPeer.message(), damaging(fromPeer.sender(), trio.replica(1), left))
                : command);
    trio.elect(1, 1, 2, 3); // new sessions, over the way that damages

    appendCommitted(100);

    awaitEqualLogs();
    assertThat(left.get()).as("pushes left to damage").isLessThanOrEqualTo(0);
  }

  @Test
  void ofAnotherEpochAreNotHeard() throws IOException {
    appendCommitted(5);
    awaitEqualLogs();
    byte[] before = log(2);
    long end = 15;
    LeaderEpoch epoch = trio.image().leaderEpoch();
    for (LeaderEpoch other : new LeaderEpoch[] {new LeaderEpoch(epoch.value() - 1), epoch.next()}) {
      ByteBuffer batch = Batches.of(3, 99);
      batch.putLong(batch.position(), end);
      ReplicationMessage push =
          new ReplicationMessage.Push(
              other,
              1,
              Long.MAX_VALUE,
              end,
              end + 3,
              new ReplicationMessage.Part(0, batch.remaining()),
              new ReplicationMessage.Marks(end + 3, 0),
              batch);
      trio.replica(2).tell(new Replica.FromPeer(push, KIT.system().ignoreRef()));
    }

    appendCommitted(5);

    awaitEqualLogs();
    assertThat(log(2)).startsWith(before);
  }
}
