package storage.log;

import java.util.List;

/**
 * Decides which of the oldest segments a log gives up.
 *
 * @param segments how many, from the oldest on
 */
public record RetentionDecision(int segments) {

  /**
   * Never gives up a segment that reaches past the high watermark, nor one behind a segment that
   * stays.
   *
   * @param segments all segments of the log, oldest first
   * @param logStartOffset segments wholly before it are given up whatever their age
   */
  static RetentionDecision decide(
      List<SegmentInfo> segments,
      LogConfig config,
      long logStartOffset,
      long highWatermark,
      long nowMillis) {
    long excessBytes =
        config.retentionBytes() < 0
            ? -1
            : segments.stream().mapToLong(SegmentInfo::sizeBytes).sum() - config.retentionBytes();
    int count = 0;
    for (SegmentInfo segment : segments) {
      excessBytes -= segment.sizeBytes();
      boolean due =
          (segment.endOffset() <= logStartOffset && !segment.isActive())
              || isExpired(segment, config.retentionMillis(), nowMillis)
              || (config.retentionBytes() >= 0 && excessBytes >= 0);
      boolean isFresh = segment.isActive() && segment.sizeBytes() == 0;
      if (!due || isFresh) {
        break;
      }
      if (segment.endOffset() > highWatermark) {
        break;
      }
      count++;
    }
    return new RetentionDecision(count);
  }

  private static boolean isExpired(SegmentInfo segment, long retentionMillis, long nowMillis) {
    return retentionMillis >= 0 && nowMillis - segment.newestMillis() > retentionMillis;
  }
}
