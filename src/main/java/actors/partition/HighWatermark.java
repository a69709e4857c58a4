package actors.partition;

import actors.InvariantViolation;

/** The arithmetic of the high watermark. */
final class HighWatermark {
  private HighWatermark() {}

  /**
   * The offset below which every in-sync replica holds every record; exclusive, never moves back.
   *
   * @param inSyncEndOffsets end offset of each current and proposed in-sync replica, the leader
   *     included; at least one
   */
  static long advance(long highWatermark, long logEndOffset, long[] inSyncEndOffsets) {
    long slowest = Long.MAX_VALUE;
    for (long endOffset : inSyncEndOffsets) {
      slowest = Math.min(slowest, endOffset);
    }
    long advanced = Math.max(highWatermark, Math.min(slowest, logEndOffset));
    if (advanced > logEndOffset) {
      throw new InvariantViolation(
          "high watermark %d is past the log end %d".formatted(advanced, logEndOffset));
    }
    return advanced;
  }
}
