package streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;

/**
 * The records of one partition that are not written yet, and which of them is sent when. Pure:
 * times and answers come in, batches to send and batches that are resolved come out.
 *
 * <p>Batches carry sequence numbers (KIP-98), so a leader takes each once and none before its
 * predecessor. Therefore a batch whose fate is unknown is sent again with the same numbers until it
 * is known; and when one fails for good, those sent after it are either known not to be written,
 * and go again under a new epoch of the producer that counts from zero, or they fail with it. An
 * epoch begins only when nothing of the one before is under way.
 *
 * <p>A leader that knows nothing of a producer takes any of its batches for the first one. So the
 * first goes alone: were it refused for a passing reason, and the second not, they would change
 * places.
 */
final class PartitionOutbox {
  private static final int CAPACITY_MIN = 1024;

  private final TopicPartition partition;
  private final ProducerTuning tuning;

  /** Sent and not resolved, in the order of their numbers. */
  private final Deque<OutgoingBatch> inFlight = new ArrayDeque<>();

  /** Full, or taken back; to be sent next. */
  private final Deque<OutgoingBatch> ready = new ArrayDeque<>();

  /** Where records gather; null if there are none. */
  private OutgoingBatch open;

  /** That the next batch begins with: what it will take if it becomes like the last one. */
  private int capacity = CAPACITY_MIN;

  private short epoch;
  private int nextSequence;
  private long nextOrdinal;
  private boolean numbersAnew;

  /** Leaders know the producer. */
  private boolean known;

  private boolean paused;
  private String lastTrouble = "no answer yet";

  PartitionOutbox(TopicPartition partition, ProducerTuning tuning) {
    this.partition = partition;
    this.tuning = tuning;
  }

  TopicPartition partition() {
    return partition;
  }

  /**
   * The batch that takes the next record.
   *
   * @param sizeAlone as {@link BatchWriter#sizeAlone}
   * @param batchBytesMax what the topic takes
   */
  OutgoingBatch batchFor(int sizeAlone, int batchBytesMax, long nowNanos) {
    int full = Math.min(tuning.batchBytes(), batchBytesMax);
    if (open != null && !open.hasRoom(sizeAlone, full)) {
      capacity = full;
      ready.addLast(open);
      open = null;
    }
    if (open == null) {
      open = new OutgoingBatch(partition, Math.max(capacity, sizeAlone), nowNanos);
    }
    return open;
  }

  /** The batch to send now, with its numbers; null if there is none, or none may be sent. */
  OutgoingBatch next() {
    if (paused || !isRemembered() || !mayNumber() || (!known && !inFlight.isEmpty())) {
      return null;
    }
    OutgoingBatch batch = ready.pollFirst();
    if (batch == null && inFlight.size() < tuning.eagerBatches()) {
      batch = open;
      open = null;
      if (batch != null) {
        capacity = Math.max(CAPACITY_MIN, batch.gatheredBytes() / 4 * 5);
      }
    }
    if (batch != null) {
      batch.number(epoch, nextSequence, nextOrdinal++);
      nextSequence = DefaultRecordBatch.incrementSequence(nextSequence, batch.count());
      inFlight.addLast(batch);
    }
    return batch;
  }

  /**
   * Whether the leader will still know the oldest batch under way when one more is written. It is
   * the distance that counts, not how many are under way: those in between may be answered already.
   */
  private boolean isRemembered() {
    return inFlight.isEmpty()
        || nextOrdinal - inFlight.getFirst().ordinal() < tuning.batchesInFlightMax();
  }

  private boolean mayNumber() {
    if (!numbersAnew) {
      return true;
    }
    if (!inFlight.isEmpty()) {
      return false;
    }
    if (epoch == Short.MAX_VALUE) {
      throw new IllegalStateException(partition + ": the epochs of this producer are used up");
    }
    epoch++;
    nextSequence = 0;
    numbersAnew = false;
    return true;
  }

  /** The batch that awaits the answer to this try; null if none does any more. */
  OutgoingBatch awaiting(long correlation) {
    for (OutgoingBatch batch : inFlight) {
      if (batch.isAnsweredBy(correlation)) {
        return batch;
      }
    }
    return null;
  }

  void written(OutgoingBatch batch, long baseOffset, long appendTimeMillis) {
    known = true;
    inFlight.remove(batch);
    batch.written(baseOffset, appendTimeMillis);
  }

  /**
   * Not written, or not known to be, for a reason that may pass. Nothing is sent until {@link
   * #resume}.
   */
  void retryLater(OutgoingBatch batch, boolean doubtful, String reason) {
    batch.answered();
    if (doubtful) {
      batch.markUncertain();
    }
    batch.markTroubled();
    pause(reason);
  }

  /**
   * The leader misses a batch before this one. If one is under way, that one decides; otherwise the
   * leader has forgotten this producer, and the batch begins a new epoch.
   *
   * @return what has failed
   */
  List<OutgoingBatch> outOfOrder(OutgoingBatch batch, String reason) {
    if (batch != inFlight.peekFirst()) {
      retryLater(batch, false, reason);
      return List.of();
    }
    batch.answered();
    pause(reason);
    if (batch.mayBeWritten()) {
      return fail(batch, batch.lastError(), reason);
    }
    takeBack(cutFrom(batch));
    return List.of();
  }

  /**
   * The batch fails for good.
   *
   * @param doubtful whether it may be in the log nevertheless
   * @return what has failed: it, and those after it that cannot be sent again without the danger of
   *     a second copy
   */
  List<OutgoingBatch> refused(OutgoingBatch batch, boolean doubtful, String reason) {
    batch.answered();
    if (doubtful) {
      batch.markUncertain();
    }
    return fail(batch, batch.lastError(), reason);
  }

  /** The leader is gone, and with it the answers that are due. Nothing is sent until resumed. */
  void leaderLost(String reason) {
    for (OutgoingBatch batch : inFlight) {
      batch.lost();
      batch.markTroubled();
    }
    pause(reason);
  }

  /**
   * Gives up waiting for answers that are overdue, and for records that are too old.
   *
   * @return what has failed
   */
  List<OutgoingBatch> expire(long nowNanos) {
    for (OutgoingBatch batch : inFlight) {
      if (batch.isOverdue(nowNanos, tuning.requestTimeout().toNanos())) {
        batch.lost();
        batch.markTroubled();
        pause("no answer within " + tuning.requestTimeout());
      }
    }
    List<OutgoingBatch> failed = new ArrayList<>();
    while (isTooOld(inFlight.peekFirst(), nowNanos)) {
      failed.addAll(fail(inFlight.getFirst(), Errors.REQUEST_TIMED_OUT, tooOld()));
    }
    while (isTooOld(ready.peekFirst(), nowNanos)) {
      failed.add(failed(ready.removeFirst(), Errors.REQUEST_TIMED_OUT, tooOld()));
    }
    if (isTooOld(open, nowNanos)) {
      failed.add(failed(open, Errors.REQUEST_TIMED_OUT, tooOld()));
      open = null;
    }
    return failed;
  }

  private boolean isTooOld(OutgoingBatch batch, long nowNanos) {
    return batch != null && nowNanos - batch.createdNanos() >= tuning.deliveryTimeout().toNanos();
  }

  private String tooOld() {
    return String.format(
        "not acknowledged within %s; last trouble: %s", tuning.deliveryTimeout(), lastTrouble);
  }

  /** Nothing is sent until {@link #resume}. */
  void pause(String reason) {
    paused = true;
    lastTrouble = reason;
  }

  boolean isPaused() {
    return paused;
  }

  /**
   * Ends the pause.
   *
   * @return what is to be sent again, in this order and before anything else
   */
  List<OutgoingBatch> resume() {
    paused = false;
    List<OutgoingBatch> again = new ArrayList<>(inFlight.size());
    for (OutgoingBatch batch : inFlight) {
      if (batch.isTroubled() || !again.isEmpty()) {
        batch.lost();
        again.add(batch);
      }
    }
    return again;
  }

  int inFlightCount() {
    return inFlight.size();
  }

  /** Before compression. */
  long inFlightBytes() {
    return inFlight.stream().mapToLong(OutgoingBatch::gatheredBytes).sum();
  }

  boolean isEmpty() {
    return open == null && ready.isEmpty() && inFlight.isEmpty();
  }

  private List<OutgoingBatch> fail(OutgoingBatch batch, Errors error, String reason) {
    boolean doubtful = batch.mayBeWritten();
    Deque<OutgoingBatch> cut = cutFrom(batch);
    if (!doubtful) {
      cut.removeFirst();
      takeBack(cut);
      return List.of(failed(batch, error, "not written: " + reason));
    }
    List<OutgoingBatch> failed = new ArrayList<>(cut.size());
    cut.forEach(
        one -> failed.add(failed(one, error, "it may have been written or not: " + reason)));
    return failed;
  }

  private OutgoingBatch failed(OutgoingBatch batch, Errors error, String reason) {
    batch.failed(new ProduceFailed(partition, error, reason));
    return batch;
  }

  /** Takes it and those after it out of the numbering; what comes next begins a new epoch. */
  private Deque<OutgoingBatch> cutFrom(OutgoingBatch first) {
    Deque<OutgoingBatch> cut = new ArrayDeque<>();
    do {
      cut.addFirst(inFlight.removeLast());
    } while (cut.peekFirst() != first);
    numbersAnew = true;
    return cut;
  }

  private void takeBack(Deque<OutgoingBatch> batches) {
    while (!batches.isEmpty()) {
      OutgoingBatch last = batches.removeLast();
      last.takeBack();
      ready.addFirst(last);
    }
  }
}
