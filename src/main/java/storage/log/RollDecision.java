package storage.log;

/** Decides when a segment is closed and the next one begun. */
final class RollDecision {
  private RollDecision() {}

  /**
   * The segment and the batch that is to be appended to it.
   *
   * @param firstTimestamp largest timestamp of the segment's first batch
   * @param batchTimestamp largest timestamp of the batch
   */
  record Situation(
      long baseOffset,
      int sizeBytes,
      boolean indexFull,
      long firstTimestamp,
      int batchBytes,
      long batchLastOffset,
      long batchTimestamp) {}

  static boolean mustRoll(Situation segment, LogConfig config) {
    if (segment.sizeBytes == 0) {
      return segment.batchLastOffset - segment.baseOffset > Integer.MAX_VALUE;
    }
    return (long) segment.sizeBytes + segment.batchBytes > config.segmentBytesMax()
        || segment.indexFull
        || segment.batchLastOffset - segment.baseOffset > Integer.MAX_VALUE
        || isOld(segment, config);
  }

  private static boolean isOld(Situation segment, LogConfig config) {
    return segment.firstTimestamp >= 0
        && segment.batchTimestamp - segment.firstTimestamp
            > config.segmentMillisMax() - config.segmentJitterMillis();
  }
}
