package actors.access;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import com.typesafe.config.ConfigFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.log.DiskFile;
import storage.log.FetchRegion;
import storage.log.RealFileSystem;
import storage.record.BatchBuilder;
import storage.record.Codec;

/** A far replica on one broker, a door on another: real remoting on loopback. */
class BetweenBrokersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;
  private final ActorTestKit here = node();
  private final ActorTestKit there = node();
  private final TestProbe<ReplicaReply> stage = here.createTestProbe();
  private final TestProbe<Object> watcher = here.createTestProbe();
  private final TestProbe<Replica.Command> replica = there.createTestProbe();
  private final ByteBudget budget = new ByteBudget(Limits.DOOR_BYTES_MAX);
  private volatile ClusterMetadata image = Reigns.image(Reigns.LEADER, 7);
  private FarReplicas farReplicas;
  private ActorRef<Replica.Command> far;

  private static ActorTestKit node() {
    return ActorTestKit.create(
        "BetweenBrokersTest",
        ConfigFactory.parseString(
                """
                pekko.actor.provider = cluster
                pekko.actor.allow-java-serialization = off
                pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                pekko.cluster.jmx.enabled = off
                pekko.cluster.downing-provider-class = ""
                pekko.coordinated-shutdown.run-by-actor-system-terminate = off
                """)
            .withFallback(ConfigFactory.parseResources("granary-cluster.conf"))
            .withFallback(ConfigFactory.load()));
  }

  @BeforeEach
  void oneCluster() {
    Cluster first = Cluster.get(here.system());
    first.manager().tell(Join.create(first.selfMember().address()));
    awaitUp(here);
    Cluster second = Cluster.get(there.system());
    second.manager().tell(Join.create(first.selfMember().address()));
    awaitUp(there);
    String address = second.selfMember().address().toString();
    farReplicas = new FarReplicas(here.system(), brokerId -> Optional.of(address));
    Door.start(
        there.system(),
        new Door.House(
            Reigns.LEADER,
            BrokerConfigs.DEFAULTS,
            () -> image,
            (topic, partition) -> Optional.of(replica.ref()),
            budget));
    far = leader();
  }

  private static void awaitUp(ActorTestKit node) {
    node.createTestProbe()
        .awaitAssert(
            PATIENCE,
            () -> {
              assertThat(Cluster.get(node.system()).selfMember().status().toString())
                  .isEqualTo("Up");
              return node;
            });
  }

  @AfterEach
  void stop() {
    there.shutdownTestKit();
    here.shutdownTestKit();
  }

  private ActorRef<Replica.Command> leader() {
    return ((Outcome.Accepted<ActorRef<Replica.Command>>)
            farReplicas.leader(Reigns.TOPIC_ID, Reigns.partition(Reigns.LEADER, 7)))
        .value();
  }

  private static ByteBuffer batch(int valueBytes) {
    byte[] value = new byte[valueBytes];
    Arrays.fill(value, (byte) 7);
    return new BatchBuilder(Codec.NONE).add(1_000, null, value).build();
  }

  private void append(long correlation, ByteBuffer records) {
    far.tell(new Replica.Append(correlation, records, (short) -1, stage.ref()));
  }

  private void read(ActorRef<ReplicaReply> reader) {
    far.tell(new Replica.Read(4, 5, 1 << 20, true, false, OptionalInt.empty(), 5, reader));
  }

  private <T extends Replica.Command> T expect(Class<T> kind) {
    return kind.cast(replica.receiveMessage(PATIENCE));
  }

  private Errors refusal() {
    return ((ReplicaReply.Appended) stage.receiveMessage(PATIENCE)).error();
  }

  private static ReplicaReply.Data data(Replica.Read read, Optional<FetchRegion> region) {
    return new ReplicaReply.Data(
        read.correlation(), Errors.NONE, region, 9, 9, 0, region.isEmpty());
  }

  @Test
  void aBatchOfManyFramesArrivesAsItWasAndSoDoesTheAnswer() {
    ByteBuffer records = batch(8 * 1024 * 1024);

    append(3, records);

    Replica.Append arrived = expect(Replica.Append.class);
    assertThat(arrived.records()).isEqualTo(records);
    assertThat(arrived.acks()).isEqualTo((short) -1);
    arrived
        .replyTo()
        .tell(
            new ReplicaReply.Appended(
                arrived.correlation(), Errors.NONE, 77, -1, 0, Optional.empty()));
    assertThat(stage.receiveMessage(PATIENCE))
        .isEqualTo(new ReplicaReply.Appended(3, Errors.NONE, 77, -1, 0, Optional.empty()));
    assertThat(budget.left()).isEqualTo(Limits.DOOR_BYTES_MAX);
  }

  @Test
  void batchesArriveInTheOrderInWhichTheyWereSent() {
    for (int i = 0; i < 100; i++) {
      append(i, batch(i % 7 == 0 ? 300 * 1024 : i));
    }

    for (int i = 0; i < 100; i++) {
      assertThat(expect(Replica.Append.class).records())
          .isEqualTo(batch(i % 7 == 0 ? 300 * 1024 : i));
    }
  }

  @Test
  void aWaitingReaderIsToldAndTheBytesComeWhenTheyAreWanted() {
    ByteBuffer bytes = batch(3 * 1024 * 1024);
    try (DiskFile file = new RealFileSystem().open(directory.resolve("segment"))) {
      file.write(new ByteBuffer[] {bytes.duplicate()}, 0);
      read(stage.ref());
      Replica.Read read = expect(Replica.Read.class);
      assertThat(read.leaderEpoch()).hasValue(7);
      assertThat(read.waitPast()).isEqualTo(5);

      read.replyTo().tell(data(read, Optional.empty()));
      assertThat(((ReplicaReply.Data) stage.receiveMessage(PATIENCE)).waiting()).isTrue();
      read.replyTo().tell(data(read, Optional.of(new FetchRegion(file, 0, bytes.remaining(), 5))));
      ReplicaReply.Offered offered = (ReplicaReply.Offered) stage.receiveMessage(PATIENCE);
      assertThat(budget.left()).isEqualTo(Limits.DOOR_BYTES_MAX);
      CompletableFuture<ByteBuffer> loaded = offered.bytes().load().toCompletableFuture();

      assertThat(offered.correlation()).isEqualTo(4);
      assertThat(loaded.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join()).isEqualTo(bytes);
      there
          .createTestProbe()
          .awaitAssert(
              PATIENCE,
              () -> {
                assertThat(budget.left()).isEqualTo(Limits.DOOR_BYTES_MAX);
                return budget;
              });
    }
  }

  @Test
  void aReaderThatGoesAwayLeavesNothingAtTheLeader() {
    ActorRef<ReplicaReply> reader = here.spawn(Behaviors.ignore());
    read(reader);
    Replica.Read read = expect(Replica.Read.class);

    here.stop(reader);

    assertThat(expect(Replica.CancelRead.class))
        .isEqualTo(new Replica.CancelRead(read.correlation(), read.replyTo()));
  }

  @Test
  void aBrokerThatGoesAwayLeavesNothingAtTheLeader() {
    read(stage.ref());
    Replica.Read read = expect(Replica.Read.class);

    Cluster.get(there.system())
        .manager()
        .tell(new Down(Cluster.get(here.system()).selfMember().address()));

    assertThat(expect(Replica.CancelRead.class))
        .isEqualTo(new Replica.CancelRead(read.correlation(), read.replyTo()));
  }

  @Test
  void whoWatchesSeesTheReplicaStop() {
    append(3, batch(10));
    expect(Replica.Append.class);

    replica.stop();

    watcher.expectTerminated(far, PATIENCE);
    assertThat(farReplicas.count()).isZero();
  }

  @Test
  void whoWatchesSeesTheBrokerGo() {
    append(3, batch(10));
    expect(Replica.Append.class);

    Cluster.get(here.system())
        .manager()
        .tell(new Down(Cluster.get(there.system()).selfMember().address()));

    watcher.expectTerminated(far, PATIENCE);
  }

  @Test
  void anImageInWhichTheReignIsOverEndsItAtOnce() {
    append(3, batch(10));
    expect(Replica.Append.class);

    farReplicas.follow(Reigns.image(3, 8));

    watcher.expectTerminated(far, PATIENCE);
    assertThat(leader()).isNotEqualTo(far);
  }

  @Test
  void aReignThatTheLeadersBrokerKnowsToBeOverIsRefused() {
    image = Reigns.image(3, 8);

    append(3, batch(10));

    assertThat(refusal()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    watcher.expectTerminated(far, PATIENCE);
    replica.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aReignThatEndsDuringTheVisitIsRefusedFromThenOn() {
    append(3, batch(10));
    expect(Replica.Append.class);
    image = Reigns.image(3, 8);

    append(4, batch(10));

    assertThat(refusal()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
    replica.expectNoMessage(Duration.ZERO);
  }

  @Test
  void aDamagedBatchIsNotAppended() {
    ByteBuffer damaged = batch(100);
    damaged.put(damaged.limit() - 1, (byte) 8);

    append(3, damaged);

    assertThat(refusal()).isEqualTo(Errors.CORRUPT_MESSAGE);
    assertThat(budget.left()).isEqualTo(Limits.DOOR_BYTES_MAX);
  }

  @Test
  void aBatchLargerThanTheTopicTakesIsNotGathered() {
    append(3, batch(Reigns.BATCH_BYTES_MAX));

    assertThat(refusal()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    append(4, batch(10));
    assertThat(expect(Replica.Append.class).records()).isEqualTo(batch(10));
  }

  @Test
  void moreBytesThanTheDoorMayHoldAreRefused() {
    assertThat(budget.reserve(Limits.DOOR_BYTES_MAX)).isTrue();

    append(3, batch(10));

    assertThat(refusal()).isEqualTo(Errors.THROTTLING_QUOTA_EXCEEDED);
    budget.release(1);
    append(4, batch(10));
    expect(Replica.Append.class);
  }
}
