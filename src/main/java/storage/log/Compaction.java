package storage.log;

/**
 * How a log is compacted; immutable.
 *
 * @param enabled false: it is not, and the rest means nothing
 * @param dirtyRatioMin share of the cleanable bytes that must be new before a cleaning is worth it
 * @param lagMillisMin records younger than this stay as they are
 * @param lagMillisMax records are cleaned at the latest after this, whatever the ratio
 * @param deleteRetentionMillis how long the marker of a deleted key stays after it was first
 *     cleaned
 */
public record Compaction(
    boolean enabled,
    double dirtyRatioMin,
    long lagMillisMin,
    long lagMillisMax,
    long deleteRetentionMillis) {
  /** Nothing is compacted. */
  public static final Compaction OFF = new Compaction(false, 0.5, 0, Long.MAX_VALUE, 86_400_000L);
}
