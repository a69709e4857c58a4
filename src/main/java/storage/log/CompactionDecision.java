package storage.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether a log is cleaned now, and what of it.
 *
 * @param isDue whether it is worth it, or high time
 * @param firstDirtyOffset below it the log was cleaned before
 * @param endOffset the cleaning reaches at most to here; the base offset of a segment
 */
record CompactionDecision(boolean isDue, long firstDirtyOffset, long endOffset) {

  /**
   * A closed segment.
   *
   * @param endOffset exclusive; the next segment's base offset
   * @param oldestMillis timestamp of its first batch, -1 if it has none
   * @param newestMillis largest timestamp of its records; when it was written last if they have
   *     none
   * @param indexBytes of the larger index
   */
  record ClosedSegment(
      long baseOffset,
      long endOffset,
      long sizeBytes,
      long indexBytes,
      long oldestMillis,
      long newestMillis) {}

  /**
   * What must not be passed.
   *
   * @param cleanedOffset up to which the log was cleaned before
   * @param cleanableOffset nothing at or past it may be cleaned: it is not committed, not decided,
   *     or not durable
   */
  record Bounds(long cleanedOffset, long cleanableOffset) {}

  private static final CompactionDecision NOTHING = new CompactionDecision(false, 0, 0);

  /**
   * Only whole segments are cleaned, and never the active one.
   *
   * @param closed all but the active segment, oldest first
   */
  static CompactionDecision decide(
      List<ClosedSegment> closed, Bounds bounds, Compaction settings, long nowMillis) {
    if (!settings.enabled() || closed.isEmpty()) {
      return NOTHING;
    }
    long firstDirty = Math.max(bounds.cleanedOffset, closed.get(0).baseOffset);
    long end = firstDirty;
    long cleanBytes = 0;
    long dirtyBytes = 0;
    boolean isHighTime = false;
    for (ClosedSegment segment : closed) {
      if (segment.endOffset <= firstDirty) {
        cleanBytes += segment.sizeBytes;
        continue;
      }
      if (segment.endOffset > bounds.cleanableOffset
          || isYoung(segment, settings.lagMillisMin(), nowMillis)) {
        break;
      }
      isHighTime |=
          segment.oldestMillis >= 0 && nowMillis - segment.oldestMillis > settings.lagMillisMax();
      dirtyBytes += segment.sizeBytes;
      end = segment.endOffset;
    }
    boolean isWorthIt =
        (double) dirtyBytes > settings.dirtyRatioMin() * (double) (cleanBytes + dirtyBytes);
    return new CompactionDecision(dirtyBytes > 0 && (isHighTime || isWorthIt), firstDirty, end);
  }

  /** Without a lag, timestamps of the future mean nothing. */
  private static boolean isYoung(ClosedSegment segment, long lagMillisMin, long nowMillis) {
    return lagMillisMin > 0 && nowMillis - segment.newestMillis < lagMillisMin;
  }

  /**
   * Which neighbours become one segment each. As many as fit by their sizes before the cleaning,
   * and as offsets relative to the first one's base allow.
   *
   * @param segments all that are cleaned, oldest first
   */
  static List<List<ClosedSegment>> groups(
      List<ClosedSegment> segments, int segmentBytesMax, int indexBytesMax) {
    List<List<ClosedSegment>> groups = new ArrayList<>();
    List<ClosedSegment> group = new ArrayList<>();
    long bytes = 0;
    long indexBytes = 0;
    for (ClosedSegment segment : segments) {
      boolean fits =
          !group.isEmpty()
              && bytes + segment.sizeBytes <= segmentBytesMax
              && indexBytes + segment.indexBytes <= indexBytesMax
              && segment.endOffset - group.get(0).baseOffset <= Integer.MAX_VALUE;
      if (!fits && !group.isEmpty()) {
        groups.add(group);
        group = new ArrayList<>();
        bytes = 0;
        indexBytes = 0;
      }
      group.add(segment);
      bytes += segment.sizeBytes;
      indexBytes += segment.indexBytes;
    }
    if (!group.isEmpty()) {
      groups.add(group);
    }
    return groups;
  }
}
