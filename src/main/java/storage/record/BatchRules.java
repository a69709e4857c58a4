package storage.record;

/**
 * What a topic demands of the batches that clients send.
 *
 * @param batchBytesMax largest batch in bytes, header included
 * @param batchesMax how many batches one payload may hold; a produce request allows one
 * @param timestampType whose clock counts; with {@link TimestampType#LOG_APPEND_TIME} the records'
 *     timestamps are not looked at
 * @param timestampBeforeMaxMillis how far a timestamp may lie before the broker's time
 * @param timestampAfterMaxMillis how far a timestamp may lie after the broker's time
 * @param requiresKeys true for a compacted topic
 */
public record BatchRules(
    int batchBytesMax,
    int batchesMax,
    TimestampType timestampType,
    long timestampBeforeMaxMillis,
    long timestampAfterMaxMillis,
    boolean requiresKeys) {

  /** Rules with the defaults of a topic: one batch of at most this many bytes, any timestamp. */
  public static BatchRules of(int batchBytesMax) {
    return new BatchRules(
        batchBytesMax, 1, TimestampType.CREATE_TIME, Long.MAX_VALUE, Long.MAX_VALUE, false);
  }

  public BatchRules withBatchesMax(int max) {
    return new BatchRules(
        batchBytesMax,
        max,
        timestampType,
        timestampBeforeMaxMillis,
        timestampAfterMaxMillis,
        requiresKeys);
  }

  public BatchRules withTimestamps(TimestampType type, long beforeMaxMillis, long afterMaxMillis) {
    return new BatchRules(
        batchBytesMax, batchesMax, type, beforeMaxMillis, afterMaxMillis, requiresKeys);
  }

  public BatchRules withRequiredKeys(boolean required) {
    return new BatchRules(
        batchBytesMax,
        batchesMax,
        timestampType,
        timestampBeforeMaxMillis,
        timestampAfterMaxMillis,
        required);
  }

  /** True if a record of this time is near enough to the broker's time, or has no time. */
  boolean allows(long timestamp, long nowMillis) {
    if (timestampType == TimestampType.LOG_APPEND_TIME || timestamp == RecordBatch.NO_TIMESTAMP) {
      return true;
    }
    if (timestamp < 0) {
      return false;
    }
    return timestamp >= nowMillis
        ? timestamp - nowMillis <= timestampAfterMaxMillis
        : nowMillis - timestamp <= timestampBeforeMaxMillis;
  }
}
