package storage.log;

import java.util.ArrayList;
import java.util.List;

/**
 * What a log knows of one idempotent producer; immutable.
 *
 * @param batches the last batches of this epoch, oldest first; at most five
 * @param coordinatorEpoch of the transaction coordinator that wrote the last marker, or -1
 * @param transactionFirstOffset first offset of the open transaction, or -1
 * @param lastTimestamp of the last batch or marker
 */
record ProducerState(
    long producerId,
    short epoch,
    List<Batch> batches,
    int coordinatorEpoch,
    long transactionFirstOffset,
    long lastTimestamp) {

  /** The epoch of a producer of which nothing is known. */
  static final short NO_EPOCH = -1;

  /** The sequence before the first. */
  static final int NO_SEQUENCE = -1;

  /** One batch that the producer wrote; both ends are inclusive. */
  record Batch(
      int firstSequence, int lastSequence, long firstOffset, long lastOffset, long timestamp) {}

  static ProducerState unknown(long producerId) {
    return new ProducerState(producerId, NO_EPOCH, List.of(), -1, -1, -1);
  }

  /** The sequence that follows another by some records; wraps to zero after the largest int. */
  static int advance(int sequence, int records) {
    long next = (long) sequence + records;
    return next > Integer.MAX_VALUE ? (int) (next - Integer.MAX_VALUE - 1) : (int) next;
  }

  int lastSequence() {
    return batches.isEmpty() ? NO_SEQUENCE : batches.get(batches.size() - 1).lastSequence;
  }

  SequenceVerdict check(short batchEpoch, int firstSequence, int count) {
    int lastSequence = advance(firstSequence, count - 1);
    if (batchEpoch == epoch) {
      for (Batch batch : batches) {
        if (batch.firstSequence == firstSequence && batch.lastSequence == lastSequence) {
          return new SequenceVerdict.Duplicate(
              batch.firstOffset, batch.lastOffset, batch.timestamp);
        }
      }
    }
    if (batchEpoch < epoch) {
      return new SequenceVerdict.FencedEpoch(epoch);
    }
    return epoch == NO_EPOCH || firstSequence == nextSequence(batchEpoch)
        ? SequenceVerdict.ACCEPT
        : new SequenceVerdict.OutOfOrderSequence(nextSequence(batchEpoch), firstSequence);
  }

  private int nextSequence(short batchEpoch) {
    return batchEpoch == epoch ? advance(lastSequence(), 1) : 0;
  }

  ProducerState append(short batchEpoch, Batch batch, boolean transactional) {
    List<Batch> next = new ArrayList<>(Limits.PRODUCER_BATCHES);
    if (batchEpoch == epoch) {
      int kept = Math.min(batches.size(), Limits.PRODUCER_BATCHES - 1);
      next.addAll(batches.subList(batches.size() - kept, batches.size()));
    }
    next.add(batch);
    long transaction =
        transactional && transactionFirstOffset < 0 ? batch.firstOffset : transactionFirstOffset;
    return new ProducerState(
        producerId, batchEpoch, next, coordinatorEpoch, transaction, batch.timestamp);
  }

  ProducerState endTransaction(short markerEpoch, int markerCoordinatorEpoch, long timestamp) {
    return new ProducerState(
        producerId,
        markerEpoch,
        markerEpoch == epoch ? batches : List.of(),
        markerCoordinatorEpoch,
        -1,
        timestamp);
  }
}
