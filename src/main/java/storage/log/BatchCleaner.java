package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;
import storage.record.BatchThinning;
import storage.record.KeyHash;
import storage.record.KeyedRecords;
import storage.record.RecordBatch;

/**
 * Decides what stays of a batch when its log is compacted, and makes it. For one thread.
 *
 * <p>A record stays if it is the last of its key, or past what was looked at; the marker of a
 * deleted key until the delete horizon of its batch, which it gets when it is first cleaned. A
 * record without a key does not stay. Control batches stay as they are.
 */
final class BatchCleaner {
  private final OffsetMap lastOffsets;
  private final Rules rules;
  private final KeyedRecords records = new KeyedRecords();
  private final BatchThinning thinning = new BatchThinning();
  private final BitSet kept = new BitSet();
  private int seen;
  private boolean keepsTombstone;

  /**
   * What holds for all batches of a cleaning.
   *
   * @param mappedEndOffset the map knows all keys before this offset, from where it was begun
   * @param nowMillis wall clock, when the cleaning began
   * @param landmarks what must not vanish even if it is empty
   */
  record Rules(
      long mappedEndOffset, long nowMillis, long deleteRetentionMillis, Landmarks landmarks) {}

  BatchCleaner(OffsetMap lastOffsets, Rules rules) {
    this.lastOffsets = lastOffsets;
    this.rules = rules;
  }

  /**
   * What takes the batch's place: the same buffer if it stays as it is; empty if it goes.
   *
   * @param batch a sound batch in a buffer of its own
   * @param isLast of the segment that is being made: it stays, if without records, so that the
   *     segment ends where those ended that it stands for
   * @param path of the file that the batch is from, for errors
   * @throws CorruptLog if its records are malformed
   */
  Optional<ByteBuffer> clean(ByteBuffer batch, boolean isLast, Path path) {
    if (RecordBatch.isControl(batch, 0)
        || RecordBatch.baseOffset(batch, 0) >= rules.mappedEndOffset) {
      return Optional.of(batch);
    }
    choose(batch, path);
    if (kept.isEmpty()) {
      boolean stays = isLast || rules.landmarks.include(batch, 0);
      return stays ? Optional.of(emptied(batch)) : Optional.empty();
    }
    OptionalLong horizon = BatchThinning.deleteHorizonMillis(batch, 0);
    boolean getsHorizon =
        keepsTombstone
            && horizon.isEmpty()
            && RecordBatch.lastOffset(batch, 0) < rules.mappedEndOffset;
    if (kept.cardinality() == seen && !getsHorizon) {
      return Optional.of(batch);
    }
    return Optional.of(
        thinning.thinned(
            batch,
            0,
            kept,
            getsHorizon
                ? OptionalLong.of(plus(rules.nowMillis, rules.deleteRetentionMillis))
                : horizon));
  }

  private static ByteBuffer emptied(ByteBuffer batch) {
    return RecordBatch.count(batch, 0) == 0 ? batch : BatchThinning.emptied(batch, 0);
  }

  /** Kafka takes a horizon for none if it is negative. */
  private static long plus(long millis, long more) {
    return more > Long.MAX_VALUE - millis ? Long.MAX_VALUE : millis + more;
  }

  private void choose(ByteBuffer batch, Path path) {
    kept.clear();
    seen = 0;
    keepsTombstone = false;
    OptionalLong horizon = BatchThinning.deleteHorizonMillis(batch, 0);
    boolean keepsTombstones = horizon.isEmpty() || rules.nowMillis < horizon.getAsLong();
    boolean isSound =
        records.visit(
            batch,
            0,
            (offset, key, hasValue) -> {
              if (stays(offset, key, hasValue, keepsTombstones)) {
                kept.set(seen);
                keepsTombstone |= !hasValue;
              }
              seen++;
              return true;
            });
    if (!isSound) {
      throw new CorruptLog(path, -1, "the records of a batch are malformed");
    }
  }

  private boolean stays(
      long offset, Optional<KeyHash> key, boolean hasValue, boolean keepsTombstones) {
    if (offset >= rules.mappedEndOffset) {
      return true;
    }
    return key.isPresent()
        && offset >= lastOffsets.lastOffsetOf(key.get())
        && (hasValue || keepsTombstones);
  }
}
