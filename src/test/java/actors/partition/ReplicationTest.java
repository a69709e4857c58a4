package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.assertj.core.data.Offset;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;

class ReplicationTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final short ACKS_ALL = -1;
  private static final short ACKS_LEADER = 1;

  @TempDir Path root;
  private final TestProbe<ReplicaReply> client = KIT.createTestProbe(ReplicaReply.class);
  private ReplicaTrio trio;
  private long correlation;

  @AfterAll
  static void stopActors() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void start() {
    trio = trio(Map.of("min.insync.replicas", "2", "flush", "os"));
  }

  @AfterEach
  void stop() {
    trio.close();
  }

  private ReplicaTrio trio(Map<String, String> topic) {
    return new ReplicaTrio(KIT, root, topic, Map.of("replica.lag.time.max.ms", "1500"));
  }

  private ReplicaReply.Appended append(int broker, ByteBuffer batch, short acks) {
    trio.replica(broker).tell(new Replica.Append(++correlation, batch, acks, client.ref()));
    return client.expectMessageClass(ReplicaReply.Appended.class, PATIENCE);
  }

  private void appendCommitted(int broker, ByteBuffer batch) {
    assertThat(append(broker, batch, ACKS_ALL).error()).isEqualTo(Errors.NONE);
  }

  private long highWatermark(int broker) {
    TestProbe<ReplicaReply> reader = KIT.createTestProbe(ReplicaReply.class);
    trio.replica(broker)
        .tell(
            new Replica.Read(
                1,
                0,
                1024,
                true,
                false,
                OptionalInt.empty(),
                Replica.Read.DO_NOT_WAIT,
                reader.ref()));
    return reader.expectMessageClass(ReplicaReply.Data.class, PATIENCE).highWatermark();
  }

  /** All segments of a broker's log, one after the other. */
  private byte[] bytes(int broker) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(64 << 20);
    try (Stream<Path> files = Files.list(trio.logOf(broker))) {
      List<Path> segments =
          files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
      for (Path segment : segments) {
        all.put(Files.readAllBytes(segment));
      }
    }
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    return bytes;
  }

  private void awaitEqualLogs() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(bytes(2)).isEqualTo(bytes(1));
              assertThat(bytes(3)).isEqualTo(bytes(1));
            });
  }

  private void awaitIsr(Integer... brokers) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(trio.image().isr()).containsExactlyInAnyOrder(brokers));
  }

  /** Whoever watches it may be told so for an earlier life of its broker. */
  @Test
  void goesOnWithAFollowerThatWasWronglyTakenForGone() {
    appendCommitted(1, Batches.of(3, 1_000));
    awaitEqualLogs();

    trio.replica(1).tell(new Replica.PeerGone(2, trio.replica(2)));
    append(1, Batches.of(3, 2_000), ACKS_LEADER);

    awaitEqualLogs();
    awaitIsr(1, 2, 3);
  }

  @Test
  void givesEveryReplicaTheSameBytes() throws IOException {
    for (int i = 0; i < 200; i++) {
      appendCommitted(1, Batches.of(3, 1_000 + i));
    }

    assertThat(highWatermark(1)).isEqualTo(600);
    awaitEqualLogs();
    assertThat(bytes(1)).isNotEmpty();
  }

  @Test
  void replicatesABatchLargerThanAnyFrame() throws IOException {
    byte[] value = new byte[8 << 20];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (i * 7);
    }
    appendCommitted(1, Batches.of(1, 1_000));
    appendCommitted(1, new BatchBuilder(Codec.NONE).add(2_000, null, value).build());
    appendCommitted(1, Batches.of(1, 3_000));

    awaitEqualLogs();
    assertThat(bytes(2).length).isGreaterThan(8 << 20);
  }

  @Test
  void carriesOnWithoutAFollowerAndTakesItBack() {
    appendCommitted(1, Batches.of(1, 1_000));
    trio.stop(3);

    appendCommitted(1, Batches.of(1, 2_000)); // once broker 3 has left the ISR
    awaitIsr(1, 2);
    trio.start(3);

    awaitIsr(1, 2, 3);
    appendCommitted(1, Batches.of(1, 3_000));
    awaitEqualLogs();
  }

  @Test
  void describesEveryReplicaAsItsLeaderSeesIt() {
    appendCommitted(1, Batches.of(4, 1_000));
    trio.stop(3);
    appendCommitted(1, Batches.of(2, 2_000)); // once broker 3 has left the ISR
    awaitIsr(1, 2);

    ReplicaReply.Described leader = describe(1);
    ReplicaReply.PartitionState state = leader.leading().orElseThrow();

    assertThat(state.leader()).isEqualTo(1);
    assertThat(state.epoch()).isEqualTo(trio.image().leaderEpoch());
    assertThat(state.highWatermark()).isEqualTo(6);
    assertThat(state.inSync())
        .extracting(ReplicaReply.ReplicaState::brokerId, ReplicaReply.ReplicaState::logEndOffset)
        .containsExactly(Tuple.tuple(1, 6L), Tuple.tuple(2, 6L));
    assertThat(state.inSync())
        .allSatisfy(
            replica ->
                assertThat(replica.caughtUpMillis())
                    .isCloseTo(System.currentTimeMillis(), Offset.offset(PATIENCE.toMillis())));
    assertThat(state.outOfSync())
        .extracting(ReplicaReply.ReplicaState::brokerId)
        .containsExactly(3);
    assertThat(leader.logEndOffset()).isEqualTo(6);
    assertThat(leader.sizeBytes()).isPositive();
  }

  @Test
  void describesAFollowerWithoutItsPartition() {
    appendCommitted(1, Batches.of(4, 1_000));
    awaitEqualLogs();

    ReplicaReply.Described follower = describe(2);

    assertThat(follower.error()).isEqualTo(Errors.NONE);
    assertThat(follower.leading()).isEmpty();
    assertThat(follower.logEndOffset()).isEqualTo(4);
    assertThat(follower.lagOffsets()).isZero();
    assertThat(follower.sizeBytes()).isEqualTo(describe(1).sizeBytes());
  }

  private ReplicaReply.Described describe(int broker) {
    TestProbe<ReplicaReply> asker = KIT.createTestProbe(ReplicaReply.class);
    trio.replica(broker).tell(new Replica.Describe(1, asker.ref()));
    return asker.expectMessageClass(ReplicaReply.Described.class, PATIENCE);
  }

  @Test
  void refusesWhatTooFewReplicasWouldHold() {
    appendCommitted(1, Batches.of(1, 1_000));
    trio.stop(3);
    trio.stop(2);

    assertThat(append(1, Batches.of(1, 2_000), ACKS_ALL).error())
        .isEqualTo(Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
    awaitIsr(1);
    assertThat(append(1, Batches.of(1, 3_000), ACKS_ALL).error())
        .isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
    assertThat(append(1, Batches.of(1, 4_000), ACKS_LEADER).error()).isEqualTo(Errors.NONE);
    assertThat(highWatermark(1)).isEqualTo(1);
    trio.start(2);
    trio.start(3);
    awaitIsr(1, 2, 3);
    assertThat(highWatermark(1)).isEqualTo(3);
  }

  @Test
  void cutsWhatOnlyADeposedLeaderHas() throws IOException {
    appendCommitted(1, Batches.of(1, 1_000));
    trio.stop(2);
    trio.stop(3);
    assertThat(append(1, Batches.of(5, 2_000), ACKS_LEADER).error()).isEqualTo(Errors.NONE);
    trio.cutOff(1);
    trio.start(2);
    trio.start(3);
    trio.elect(2, 2, 3);
    appendCommitted(2, Batches.of(2, 3_000));

    trio.join(1);

    awaitIsr(1, 2, 3);
    awaitEqualLogs();
    assertThat(highWatermark(2)).isEqualTo(3);
    assertThat(append(1, Batches.of(1, 4_000), ACKS_ALL).error())
        .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
  }

  @Test
  void keepsWhatWasCommittedThroughElectionsInQuickSuccession() {
    for (int round = 0; round < 12; round++) {
      int leader = 1 + round % 3;
      trio.elect(leader, 1, 2, 3);
      ActorRef<Replica.Command> replica = trio.replica(leader);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                replica.tell(
                    new Replica.Append(
                        ++correlation, Batches.of(1, 1_000), ACKS_ALL, client.ref()));
                return client.expectMessageClass(ReplicaReply.Appended.class, PATIENCE).error()
                    == Errors.NONE;
              });
    }

    awaitEqualLogs();
  }

  @Test
  void answersOnlyWhenTheFollowersHaveForcedItWhereTheTopicAsksForThat() {
    trio.close();
    trio = trio(Map.of("min.insync.replicas", "3", "flush", "commit"));

    for (int i = 0; i < 20; i++) {
      appendCommitted(1, Batches.of(2, 1_000 + i));
    }

    awaitEqualLogs();
  }

  private ReplicaReply.RecordsDeleted delete(int broker, long beforeOffset) {
    TestProbe<ReplicaReply> asker = KIT.createTestProbe(ReplicaReply.class);
    trio.replica(broker)
        .tell(new Replica.DeleteRecords(1, beforeOffset, (int) PATIENCE.toMillis(), asker.ref()));
    return asker.expectMessageClass(ReplicaReply.RecordsDeleted.class, PATIENCE);
  }

  private ReplicaReply.Data readFrom(int broker, long offset) {
    TestProbe<ReplicaReply> reader = KIT.createTestProbe(ReplicaReply.class);
    trio.replica(broker)
        .tell(
            new Replica.Read(
                1,
                offset,
                1 << 20,
                true,
                false,
                OptionalInt.empty(),
                Replica.Read.DO_NOT_WAIT,
                reader.ref()));
    return reader.expectMessageClass(ReplicaReply.Data.class, PATIENCE);
  }

  private void assertDeletedTo(long offset, int broker) {
    ReplicaReply.Data before = readFrom(broker, offset - 1);
    assertThat(before.error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    assertThat(before.logStartOffset()).isEqualTo(offset);
    assertThat(readFrom(broker, offset).error()).isEqualTo(Errors.NONE);
  }

  @Test
  void answersADeletionOnceItIsDoneOnEveryReplica() {
    for (int i = 0; i < 5; i++) {
      appendCommitted(1, Batches.of(4, 1_000 + i));
    }

    ReplicaReply.RecordsDeleted answer = delete(1, 10);

    assertThat(answer.error()).isEqualTo(Errors.NONE);
    assertThat(answer.lowWatermark()).isEqualTo(10);
    for (int broker = 1; broker <= 3; broker++) {
      assertDeletedTo(10, broker);
    }
    assertThat(delete(1, Replica.DeleteRecords.HIGH_WATERMARK).lowWatermark()).isEqualTo(20);
    assertThat(delete(1, 21).error()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
    assertThat(delete(2, 5).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
  }

  @Test
  void waitsWithTheAnswerUntilWhoIsGoneHasLeftTheIsr() {
    appendCommitted(1, Batches.of(4, 1_000));
    trio.stop(3);
    assertThat(append(1, Batches.of(4, 2_000), ACKS_LEADER).error()).isEqualTo(Errors.NONE);

    assertThat(delete(1, 2).error()).isEqualTo(Errors.NONE);

    assertThat(trio.image().isr()).containsExactly(1, 2);
  }

  @Test
  void takesBackAFollowerOfWhoseLogTheRestIsDeletedInTheMiddleOfABatch() {
    appendCommitted(1, Batches.of(4, 1_000));
    trio.stop(3);
    appendCommitted(1, Batches.of(4, 2_000)); // once broker 3 has left the ISR
    appendCommitted(1, Batches.of(4, 3_000));
    assertThat(delete(1, 10).error()).isEqualTo(Errors.NONE);

    trio.start(3);
    awaitIsr(1, 2, 3);
    trio.elect(3, 1, 2, 3);

    await().atMost(PATIENCE).until(() -> readFrom(3, 10).highWatermark() == 12);
    assertDeletedTo(10, 3);
    assertThat(readFrom(3, 10).region().orElseThrow().firstOffset()).isEqualTo(8);
    appendCommitted(3, Batches.of(1, 4_000));
    assertThat(delete(3, 9).lowWatermark()).isEqualTo(10);
  }

  @Test
  void carriesOnWithoutAFollowerThatIsShortOfSpaceAndTakesItBack() throws IOException {
    appendCommitted(1, Batches.of(1, 1_000));
    awaitEqualLogs();
    trio.keepFreeOn(3, 1_000);
    trio.disk(3).pretendUsable(999);
    byte[] before = bytes(3);

    appendCommitted(1, Batches.of(1, 2_000)); // once broker 3 has left the ISR
    awaitIsr(1, 2);
    assertThat(bytes(3)).isEqualTo(before);
    trio.disk(3).pretendUsable(Long.MAX_VALUE);

    awaitIsr(1, 2, 3);
    awaitEqualLogs();
  }
}
