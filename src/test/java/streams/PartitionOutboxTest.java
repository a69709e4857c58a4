package streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.ReplicaReply.Appended;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PartitionOutboxTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final Header[] NO_HEADERS = {};
  private static final long SECOND = 1_000_000_000L;
  private static final int BATCH_BYTES = 1024;

  private final PartitionOutbox outbox = known(newOutbox());

  private static PartitionOutbox newOutbox() {
    return new PartitionOutbox(
        PARTITION, tuning("delivery-timeout = 100 s, request-timeout = 10 s"));
  }

  /** Its first record is written. */
  private static PartitionOutbox known(PartitionOutbox outbox) {
    OutgoingBatch first = add(outbox, 0, 10, 0);
    assertThat(outbox.next()).isSameAs(first);
    first.sent(0, 0);
    outbox.written(first, 0, -1);
    return outbox;
  }

  private static ProducerTuning tuning(String settings) {
    Config section =
        ConfigFactory.parseString(settings + ", batch-bytes = " + BATCH_BYTES)
            .withFallback(SettingsConfig.section(ConfigFactory.empty(), ProducerSettings.PATH));
    return ProducerTuning.of(section);
  }

  private static OutgoingBatch add(PartitionOutbox outbox, int number, int size, long now) {
    byte[] value = String.format("%0" + size + "d", number).getBytes(UTF_8);
    OutgoingBatch batch =
        outbox.batchFor(BatchWriter.sizeAlone(null, value, NO_HEADERS), 1 << 20, now);
    batch.add(0, null, value, NO_HEADERS);
    return batch;
  }

  private OutgoingBatch sent(long correlation, long now) {
    OutgoingBatch batch = outbox.next();
    batch.sent(correlation, now);
    return batch;
  }

  /** Three full batches under way, with correlations 1 to 3. */
  private List<OutgoingBatch> threeUnderWay() {
    for (int i = 0; i < 4; i++) {
      add(outbox, i, BATCH_BYTES, 0);
    }
    return List.of(sent(1, 0), sent(2, 0), sent(3, 0));
  }

  @Nested
  class WhenIdle {
    @Test
    void aRecordIsSentAtOnce() {
      OutgoingBatch batch = add(outbox, 1, 10, 0);

      assertThat(outbox.next()).isSameAs(batch);
      assertThat(outbox.next()).isNull();
    }
  }

  @Nested
  class WhenNoLeaderKnowsTheProducer {
    private final PartitionOutbox unknown = newOutbox();

    @Test
    void theFirstBatchGoesAlone() {
      for (int i = 0; i < 4; i++) {
        add(unknown, i, BATCH_BYTES, 0);
      }
      OutgoingBatch first = unknown.next();
      first.sent(1, 0);

      assertThat(unknown.next()).isNull();
      unknown.retryLater(first, false, "the leader is not ready");
      assertThat(unknown.resume()).containsExactly(first);
      assertThat(unknown.next()).isNull();

      unknown.written(first, 0, -1);
      assertThat(unknown.next()).isNotNull();
      assertThat(unknown.next()).isNotNull();
    }
  }

  @Nested
  class WhenBusy {
    @Test
    void recordsGatherUntilTheAnswerComes() {
      add(outbox, 1, 10, 0);
      OutgoingBatch first = sent(1, 0);
      add(outbox, 2, 10, 0);
      add(outbox, 3, 10, 0);

      assertThat(outbox.next()).isNull();
      outbox.written(first, 0, -1);

      assertThat(outbox.next().count()).isEqualTo(2);
    }

    @Test
    void fullBatchesFollowUpToTheBound() {
      for (int i = 0; i < 20; i++) {
        add(outbox, i, BATCH_BYTES, 0);
      }

      for (int i = 0; i < Limits.BATCHES_IN_FLIGHT_MAX; i++) {
        assertThat(outbox.next()).isNotNull();
      }
      assertThat(outbox.next()).isNull();
    }
  }

  @Nested
  class WhenAnAnswerIsLate {
    @Test
    void nothingIsSentThatWouldMakeTheLeaderForgetTheBatch() {
      for (int i = 0; i < 20; i++) {
        add(outbox, i, BATCH_BYTES, 0);
      }
      for (int i = 0; i < Limits.BATCHES_IN_FLIGHT_MAX; i++) {
        sent(i, 0);
      }

      for (int i = 1; i < Limits.BATCHES_IN_FLIGHT_MAX; i++) {
        outbox.written(outbox.awaiting(i), i, -1);
      }
      assertThat(outbox.next()).isNull();

      outbox.written(outbox.awaiting(0), 0, -1);
      assertThat(outbox.next()).isNotNull();
    }
  }

  @Nested
  class WhenABatchIsRefused {
    @Test
    void forNowItGoesAgainWithAllThatFollowIt() {
      List<OutgoingBatch> batches = threeUnderWay();

      outbox.retryLater(batches.get(1), true, "the leader moved");

      assertThat(outbox.next()).isNull();
      assertThat(outbox.resume()).containsExactly(batches.get(1), batches.get(2));
    }

    @Test
    void forGoodItFailsAloneAndTheOthersBeginANewEpoch() {
      List<OutgoingBatch> batches = threeUnderWay();

      List<OutgoingBatch> failed = outbox.refused(batches.get(0), false, "too large");

      assertThat(failed).containsExactly(batches.get(0));
      assertThat(batches.get(0).failure())
          .hasMessageContaining("t-0")
          .hasMessageContaining("too large");
      assertThat(outbox.next()).isSameAs(batches.get(1));
      assertThat(epochOf(batches.get(1))).isEqualTo(1);
      assertThat(outbox.next()).isSameAs(batches.get(2));
    }

    @Test
    void theNewEpochWaitsForThoseBeforeIt() {
      List<OutgoingBatch> batches = threeUnderWay();

      outbox.refused(batches.get(1), false, "too large");

      assertThat(outbox.next()).isNull();
      outbox.written(batches.get(0), 0, -1);
      assertThat(outbox.next()).isSameAs(batches.get(2));
    }

    @Test
    void inDoubtThoseAfterItFailToo() {
      List<OutgoingBatch> batches = threeUnderWay();

      List<OutgoingBatch> failed = outbox.refused(batches.get(1), true, "nobody knows");

      assertThat(failed).containsExactly(batches.get(1), batches.get(2));
      assertThat(batches.get(0).isResolved()).isFalse();
    }
  }

  @Nested
  class WhenTheLeaderMissesABatch {
    @Test
    void theOneUnderWayDecides() {
      List<OutgoingBatch> batches = threeUnderWay();

      assertThat(outbox.outOfOrder(batches.get(1), "a gap")).isEmpty();
      outbox.written(batches.get(0), 0, -1);

      assertThat(outbox.resume()).containsExactly(batches.get(1), batches.get(2));
      assertThat(epochOf(batches.get(1))).isZero();
    }

    @Test
    void thatIsNotUnderWayEverythingBeginsANewEpoch() {
      List<OutgoingBatch> batches = threeUnderWay();

      assertThat(outbox.outOfOrder(batches.get(0), "a gap")).isEmpty();

      assertThat(outbox.resume()).isEmpty();
      assertThat(outbox.next()).isSameAs(batches.get(0));
      assertThat(epochOf(batches.get(0))).isEqualTo(1);
    }
  }

  @Nested
  class WhenTimePasses {
    @Test
    void anOverdueAnswerIsGivenUpAndTheBatchGoesAgain() {
      List<OutgoingBatch> batches = threeUnderWay();

      assertThat(outbox.expire(10 * SECOND)).isEmpty();

      assertThat(outbox.isPaused()).isTrue();
      assertThat(outbox.resume()).isEqualTo(batches);
    }

    @Test
    void whatNeverWasSentFailsAsNotWritten() {
      OutgoingBatch batch = add(outbox, 1, 10, 0);
      outbox.pause("there is no leader");

      assertThat(outbox.expire(99 * SECOND)).isEmpty();
      assertThat(outbox.expire(100 * SECOND)).containsExactly(batch);

      assertThat(batch.failure()).hasMessageContaining("there is no leader");
      assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void whatWasSentFailsInDoubtWithAllThatFollowIt() {
      List<OutgoingBatch> batches = threeUnderWay();

      List<OutgoingBatch> failed = outbox.expire(100 * SECOND);

      assertThat(failed).containsAll(batches);
      assertThat(batches.get(0).failure()).hasMessageContaining("may have been written or not");
    }
  }

  private static int epochOf(OutgoingBatch batch) {
    return batch.build(Compression.NONE, 1).getShort(51);
  }

  static LongStream seeds() {
    String given = System.getProperty("streams.seed");
    return given == null ? LongStream.range(0, 400) : LongStream.of(Long.parseLong(given));
  }

  /**
   * A leader behind a network that loses requests and answers, refuses for now and for good,
   * forgets and dies: what is written is written once and in order, and what is said of a record is
   * true.
   */
  @ParameterizedTest
  @MethodSource("seeds")
  void keepsOrderAndWritesOnceThroughFaults(long seed) {
    new Schedule(seed).run();
  }

  private static final class Schedule {
    private record Request(long correlation, ByteBuffer bytes) {}

    private record Reply(long correlation, Errors error, long baseOffset) {}

    private final long seed;
    private final Random random;
    private final boolean mayFail;
    private final PartitionOutbox outbox;
    private final ModelLog log = new ModelLog();
    private final Deque<Request> requests = new ArrayDeque<>();
    private final Deque<Reply> replies = new ArrayDeque<>();
    private final IdentityHashMap<OutgoingBatch, List<Integer>> numbers = new IdentityHashMap<>();
    private final List<OutgoingBatch> batches = new ArrayList<>();
    private long now;
    private long correlations;
    private int added;

    private Schedule(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.mayFail = random.nextBoolean();
      String deliveryTimeout = mayFail ? "60 s" : "10 days";
      this.outbox =
          new PartitionOutbox(
              PARTITION, tuning("request-timeout = 10 s, delivery-timeout = " + deliveryTimeout));
    }

    private void run() {
      int faults = random.nextInt(30);
      for (int step = 0; step < 3000; step++) {
        step(faults);
      }
      for (int step = 0; step < 3000 && !outbox.isEmpty(); step++) {
        step(0);
      }
      assertThat(outbox.isEmpty()).as("seed %d ends", seed).isTrue();
      check();
    }

    private void step(int faults) {
      boolean fault = random.nextInt(100) < faults;
      switch (random.nextInt(6)) {
        case 0 -> addRecord();
        case 1, 2 -> serve(fault);
        case 3, 4 -> answer(fault);
        default -> time(fault);
      }
      pump();
    }

    private void addRecord() {
      if (faultsAreOn()) {
        OutgoingBatch batch = PartitionOutboxTest.add(outbox, added, 10 + random.nextInt(900), now);
        numbers.computeIfAbsent(batch, b -> new ArrayList<>()).add(added);
        if (!batches.contains(batch)) {
          batches.add(batch);
        }
        added++;
      }
    }

    private boolean faultsAreOn() {
      return added < 300;
    }

    private void pump() {
      for (OutgoingBatch batch = outbox.next(); batch != null; batch = outbox.next()) {
        send(batch);
      }
    }

    private void send(OutgoingBatch batch) {
      long correlation = correlations++;
      requests.addLast(new Request(correlation, batch.build(Compression.NONE, 1)));
      batch.sent(correlation, now);
    }

    private void serve(boolean fault) {
      Request request = requests.pollFirst();
      if (request == null) {
        return;
      }
      if (!fault) {
        ModelLog.Answer answer = log.append(request.bytes());
        replies.addLast(new Reply(request.correlation(), answer.error(), answer.baseOffset()));
        return;
      }
      switch (random.nextInt(mayFail ? 4 : 3)) {
        case 0 -> {
          // The request is lost.
        }
        case 1 -> replies.addLast(new Reply(request.correlation(), Errors.NOT_ENOUGH_REPLICAS, -1));
        case 2 -> {
          log.append(request.bytes());
          replies.addLast(new Reply(request.correlation(), Errors.NOT_LEADER_OR_FOLLOWER, -1));
        }
        default -> replies.addLast(new Reply(request.correlation(), Errors.MESSAGE_TOO_LARGE, -1));
      }
    }

    private void answer(boolean fault) {
      Reply reply = replies.pollFirst();
      if (reply == null || fault) {
        return;
      }
      OutgoingBatch batch = outbox.awaiting(reply.correlation());
      if (batch == null) {
        return;
      }
      switch (AppendAnswer.of(appended(reply))) {
        case WRITTEN -> outbox.written(batch, reply.baseOffset(), -1);
        case OUT_OF_ORDER -> outbox.outOfOrder(batch, "a gap");
        case REFUSED_FOR_NOW -> outbox.retryLater(batch, false, "for now");
        case DOUBTFUL -> outbox.retryLater(batch, true, "in doubt");
        case REFUSED -> outbox.refused(batch, false, "for good");
        case LOST -> outbox.refused(batch, true, "lost");
      }
    }

    private static Appended appended(Reply reply) {
      return new Appended(
          reply.correlation(), reply.error(), reply.baseOffset(), -1, 0, Optional.empty());
    }

    private void time(boolean fault) {
      now += SECOND * random.nextInt(4);
      outbox.expire(now);
      if (fault) {
        requests.clear();
        replies.clear();
        outbox.leaderLost("it died");
      }
      if (outbox.isPaused() && random.nextBoolean()) {
        outbox.resume().forEach(this::send);
      }
    }

    private void check() {
      List<Integer> inLog = log.values().stream().map(Integer::valueOf).toList();
      assertThat(inLog).as("seed %d, in order", seed).isSorted().doesNotHaveDuplicates();
      for (OutgoingBatch batch : batches) {
        assertThat(batch.isResolved()).as("seed %d, resolved", seed).isTrue();
        assertThat(batch.isFailed() && !mayFail).as("seed %d, without cause", seed).isFalse();
        if (!batch.isFailed()) {
          assertThat(inLog).as("seed %d, written", seed).containsAll(numbers.get(batch));
        } else if (batch.failure().getMessage().contains("not written")) {
          assertThat(inLog)
              .as("seed %d, not written", seed)
              .doesNotContainAnyElementsOf(numbers.get(batch));
        }
      }
    }
  }
}
