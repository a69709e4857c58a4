package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import com.typesafe.config.ConfigFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import storage.log.DirectoryIdentity;
import storage.log.LogDirectory;
import storage.record.Batches;

/** One replica on broker 1, its disk and its clock in the test's hand. */
abstract class ReplicaFixture {
  static final int BROKER = 1;
  static final short ACKS_NONE = 0;
  static final short ACKS_LEADER = 1;
  static final short ACKS_ALL = -1;
  static final PartitionId ID = new PartitionId(new Uuid(7, 7), "orders", 3);
  static final Map<String, String> FLUSH = Map.of("flush", "commit");
  static final Map<String, String> NO_FLUSH = Map.of("flush", "os");
  static final Duration NOT_AT_ALL = Duration.ZERO;

  private static ActorTestKit testKit;
  private static ManualTime time;

  @TempDir Path root;
  final WatchedDisk disk = new WatchedDisk();
  final AtomicLong nowMillis = new AtomicLong(1_700_000_000_000L);
  final TestProbe<ReplicaReply> client = probe(ReplicaReply.class);
  final TestProbe<Controller.Command> controller = probe(Controller.Command.class);
  LogDirectory directory;
  ActorRef<Replica.Command> replica;
  private int partitionEpoch;
  private long lastCorrelation;

  @BeforeAll
  static void startActors() {
    testKit =
        ActorTestKit.create(
            ManualTime.config()
                .withFallback(ConfigFactory.parseString("pekko.actor.provider = local"))
                .withFallback(ConfigFactory.load()));
    time = ManualTime.get(testKit.system());
  }

  @AfterAll
  static void stopActors() {
    testKit.shutdownTestKit();
  }

  @BeforeEach
  void open() {
    directory =
        LogDirectory.open(
            disk, root, new DirectoryIdentity.Owner(BROKER, "cluster"), () -> "directory");
    replica = spawn();
    partitionEpoch = 0;
  }

  @AfterEach
  void close() {
    disk.forces().letGo();
    disk.writes().letGo();
    disk.forces().recover();
    disk.writes().recover();
    testKit.stop(replica);
    directory.abandon();
  }

  static <T> TestProbe<T> probe(Class<T> messages) {
    return testKit.createTestProbe(messages);
  }

  ActorRef<Replica.Command> spawn() {
    return testKit.spawn(
        Replica.create(
            new ReplicaContext(
                BROKER,
                directory,
                BrokerConfigs.DEFAULTS,
                nowMillis::get,
                controller.ref(),
                (id, broker, command) -> {}),
            "test"));
  }

  /** A clean stop and a start on the same directory. */
  void reopen() {
    stop();
    directory.close();
    open();
  }

  void stop() {
    TestProbe<Done> closed = probe(Done.class);
    replica.tell(new Replica.Close(closed.ref()));
    closed.receiveMessage();
    closed.expectTerminated(replica);
  }

  void lead(int epoch, Map<String, String> configs) {
    assume(BROKER, epoch, configs);
  }

  /** A decision newer than those before. */
  LeaderEpoch assume(int leader, int epoch, Map<String, String> configs) {
    int ofPartition = ++partitionEpoch;
    LeaderEpoch assumed = tellAssume(leader, epoch, ofPartition, configs).receiveMessage().epoch();
    return assumed.equals(LeaderEpoch.NONE)
        ? tellAssume(leader, epoch, ofPartition, configs).receiveMessage().epoch()
        : assumed;
  }

  /** The last decision, with other settings of the topic. */
  void reconfigure(int epoch, Map<String, String> configs) {
    tellAssume(BROKER, epoch, partitionEpoch, configs).receiveMessage();
  }

  TestProbe<Replica.Assumed> tellAssume(
      int leader, int epoch, int ofPartition, Map<String, String> configs) {
    return tellAssume(leader, epoch, ofPartition, configs, new BrokerEpoch(1));
  }

  TestProbe<Replica.Assumed> tellAssume(
      int leader, int epoch, int ofPartition, Map<String, String> configs, BrokerEpoch life) {
    TestProbe<Replica.Assumed> assumed = probe(Replica.Assumed.class);
    PartitionImage image =
        new PartitionImage(
            ID.partition(),
            List.of(1, 2),
            List.of(1),
            List.of(),
            leader,
            new LeaderEpoch(epoch),
            ofPartition);
    replica.tell(new Replica.Assume(ID, image, configs, life, assumed.ref()));
    return assumed;
  }

  long append(ByteBuffer batch, short acks) {
    replica.tell(new Replica.Append(++lastCorrelation, batch, acks, client.ref()));
    return lastCorrelation;
  }

  /** One record, meant for the reign of this epoch alone. */
  void appendInReign(int epoch) {
    Replica.Append append =
        new Replica.Append(++lastCorrelation, Batches.of(1, 1_000), ACKS_ALL, client.ref());
    replica.tell(new Replica.AppendInReign(new LeaderEpoch(epoch), append));
  }

  ReplicaReply.Appended appended() {
    return client.expectMessageClass(ReplicaReply.Appended.class);
  }

  /** Appends for sure, committed. */
  ReplicaReply.Appended appendCommitted(ByteBuffer batch) {
    append(batch, ACKS_ALL);
    ReplicaReply.Appended appended = appended();
    assertThat(appended.error()).isEqualTo(Errors.NONE);
    return appended;
  }

  long read(long offset, long waitPast) {
    return read(offset, OptionalInt.empty(), waitPast);
  }

  long read(long offset, OptionalInt epoch, long waitPast) {
    replica.tell(
        new Replica.Read(
            ++lastCorrelation, offset, 1 << 20, true, false, epoch, waitPast, client.ref()));
    return lastCorrelation;
  }

  ReplicaReply.Data data() {
    return client.expectMessageClass(ReplicaReply.Data.class);
  }

  ReplicaReply.OffsetFound find(OffsetQuery query) {
    return find(query, OptionalInt.empty());
  }

  ReplicaReply.OffsetFound find(OffsetQuery query, OptionalInt epoch) {
    TestProbe<ReplicaReply> asker = probe(ReplicaReply.class);
    replica.tell(new Replica.FindOffset(++lastCorrelation, query, epoch, asker.ref()));
    return asker.expectMessageClass(ReplicaReply.OffsetFound.class);
  }

  /** All that was sent, and all that it made the replica send itself, is behind it. */
  void settle() {
    find(new OffsetQuery.Earliest());
    find(new OffsetQuery.Earliest());
  }

  void expectNothing() {
    settle();
    client.expectNoMessage(NOT_AT_ALL);
  }

  void pass(Duration duration) {
    nowMillis.addAndGet(duration.toMillis());
    time.timePasses(duration);
  }

  int logWrites() {
    return disk.writes().count();
  }
}
