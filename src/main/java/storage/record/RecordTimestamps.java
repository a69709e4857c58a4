package storage.record;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Finds single records of a batch by their timestamps. Reusable; for one thread. */
public final class RecordTimestamps {
  private final RecordWalk walk = new RecordWalk(Limits.DECOMPRESSED_BATCH_BYTES_MAX);

  /** A record's timestamp and offset. */
  public record Found(long timestamp, long offset) {}

  /**
   * The first record at or after a time; empty if there is none, or if the batch is malformed.
   *
   * @param minOffset records before this offset are passed over
   */
  public Optional<Found> firstAtOrAfter(ByteBuffer buffer, int at, long timestamp, long minOffset) {
    long baseOffset = RecordBatch.baseOffset(buffer, at);
    boolean sameForAll = RecordBatch.timestampType(buffer, at) == TimestampType.LOG_APPEND_TIME;
    walk.begin(buffer, at);
    try {
      while (walk.next()) {
        long offset = baseOffset + walk.offsetDelta();
        long found = sameForAll ? RecordBatch.maxTimestamp(buffer, at) : walk.timestamp();
        if (found >= timestamp && offset >= minOffset) {
          return Optional.of(new Found(found, offset));
        }
      }
      return Optional.empty();
    } finally {
      walk.close();
    }
  }
}
