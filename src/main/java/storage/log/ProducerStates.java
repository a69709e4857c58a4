package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import storage.record.ControlRecord;
import storage.record.RecordBatch;

/**
 * What a log knows of the idempotent producers that wrote to it: what makes a repeated batch one
 * copy. It follows from the log's batches alone, so every replica comes to the same answers.
 *
 * <p>Bounded: producers that were idle longest are forgotten first. For one thread.
 */
public final class ProducerStates {
  private final int producersMax;

  /** In the order of the last batch, so that the first is the one idle longest. */
  private final LinkedHashMap<Long, ProducerState> states = new LinkedHashMap<>();

  private final TreeSet<Long> openTransactions = new TreeSet<>();

  public ProducerStates() {
    this(Limits.PRODUCERS_MAX);
  }

  ProducerStates(int producersMax) {
    this.producersMax = producersMax;
  }

  /**
   * Says whether a batch may be appended now; changes nothing.
   *
   * @param producerId negative if the producer is not idempotent
   */
  public SequenceVerdict check(long producerId, short epoch, int firstSequence, int count) {
    ProducerState state = producerId < 0 ? null : states.get(producerId);
    return state == null ? SequenceVerdict.ACCEPT : state.check(epoch, firstSequence, count);
  }

  /**
   * Begins to check batches that will be appended together. Each is checked as if those accepted
   * before were in the log already.
   *
   * @param logEndOffset where the first of them will go
   */
  public Gathering gather(long logEndOffset) {
    return new Gathering(logEndOffset);
  }

  /** Batches on their way into the log; thrown away after the append, whatever came of it. */
  public final class Gathering {
    private final Map<Long, ProducerState> changed = new HashMap<>();
    private long nextOffset;

    private Gathering(long logEndOffset) {
      nextOffset = logEndOffset;
    }

    /** Checks one validated batch at a position; if accepted, it counts as appended. */
    public SequenceVerdict check(ByteBuffer batch, int at) {
      int count = RecordBatch.count(batch, at);
      long producerId = RecordBatch.producerId(batch, at);
      if (producerId >= 0) {
        ProducerState state = state(producerId);
        short epoch = RecordBatch.producerEpoch(batch, at);
        SequenceVerdict verdict = state.check(epoch, RecordBatch.baseSequence(batch, at), count);
        if (!verdict.equals(SequenceVerdict.ACCEPT)) {
          return verdict;
        }
        changed.put(
            producerId,
            state.append(
                epoch, describe(batch, at, nextOffset), RecordBatch.isTransactional(batch, at)));
      }
      nextOffset += count;
      return SequenceVerdict.ACCEPT;
    }

    private ProducerState state(long producerId) {
      ProducerState gathered = changed.get(producerId);
      return gathered != null
          ? gathered
          : states.getOrDefault(producerId, ProducerState.unknown(producerId));
    }
  }

  /** Notes a batch that is in the log; of a control batch the record must be in the buffer. */
  void update(ByteBuffer batch, int at) {
    long producerId = RecordBatch.producerId(batch, at);
    if (producerId < 0) {
      return;
    }
    ProducerState state = states.getOrDefault(producerId, ProducerState.unknown(producerId));
    short epoch = RecordBatch.producerEpoch(batch, at);
    if (RecordBatch.isControl(batch, at)) {
      long timestamp = RecordBatch.maxTimestamp(batch, at);
      ControlRecord.read(batch, at)
          .ifPresent(
              marker -> put(state.endTransaction(epoch, marker.coordinatorEpoch(), timestamp)));
    } else {
      long baseOffset = RecordBatch.baseOffset(batch, at);
      put(
          state.append(
              epoch, describe(batch, at, baseOffset), RecordBatch.isTransactional(batch, at)));
    }
  }

  private static ProducerState.Batch describe(ByteBuffer batch, int at, long baseOffset) {
    int delta = RecordBatch.lastOffsetDelta(batch, at);
    int firstSequence = RecordBatch.baseSequence(batch, at);
    return new ProducerState.Batch(
        firstSequence,
        ProducerState.advance(firstSequence, delta),
        baseOffset,
        baseOffset + delta,
        RecordBatch.maxTimestamp(batch, at));
  }

  void put(ProducerState state) {
    ProducerState before = states.remove(state.producerId());
    if (before != null && before.transactionFirstOffset() >= 0) {
      openTransactions.remove(before.transactionFirstOffset());
    }
    states.put(state.producerId(), state);
    if (state.transactionFirstOffset() >= 0) {
      openTransactions.add(state.transactionFirstOffset());
    }
    if (states.size() > producersMax) {
      forgetIdlest();
    }
  }

  private void forgetIdlest() {
    Iterator<ProducerState> idlest = states.values().iterator();
    while (idlest.hasNext()) {
      if (idlest.next().transactionFirstOffset() < 0) {
        idlest.remove();
        return;
      }
    }
  }

  /**
   * Forgets producers that wrote nothing for some time and have no open transaction.
   *
   * @param expirationMillis how long a producer may be idle
   */
  public void expire(long nowMillis, long expirationMillis) {
    states
        .values()
        .removeIf(
            state ->
                state.transactionFirstOffset() < 0
                    && nowMillis - state.lastTimestamp() > expirationMillis);
  }

  /** The first offset of the oldest open transaction; the largest long if there is none. */
  public long firstOpenOffset() {
    return openTransactions.isEmpty() ? Long.MAX_VALUE : openTransactions.first();
  }

  public int size() {
    return states.size();
  }

  /** Last offsets of the batches that are remembered, ascending. */
  long[] batchEnds() {
    return states.values().stream()
        .flatMap(state -> state.batches().stream())
        .mapToLong(ProducerState.Batch::lastOffset)
        .sorted()
        .toArray();
  }

  void clear() {
    states.clear();
    openTransactions.clear();
  }

  /** All states, the one idle longest first. */
  Collection<ProducerState> all() {
    return new ArrayList<>(states.values());
  }
}
