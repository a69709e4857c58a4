package storage.log;

import storage.record.TimestampType;

/**
 * How one log behaves; immutable. Sizes are in bytes, times in milliseconds, -1 means no bound.
 *
 * @param segmentBytesMax a segment is closed before it grows beyond this; one batch may exceed it
 * @param segmentMillisMax a segment is closed when a batch is this much younger than its first
 * @param segmentJitterMillis taken off {@code segmentMillisMax}, so that not all logs roll at once
 * @param indexIntervalBytes bytes of log between two index entries
 * @param indexBytesMax an index is full at this size, and its segment is closed
 * @param retentionMillis segments whose records are all older are deleted
 * @param retentionBytes the oldest segments are deleted while the log is larger
 * @param fileDeleteDelayMillis how long files of deleted segments stay for readers in flight
 * @param flushMessages a flush is due after this many records
 * @param flushMillis a flush is due this long after the last
 * @param flushOnCommit a record counts as replicated by this log only after an fsync
 * @param timestampType whose clock the records' timestamps come from
 * @param producerExpirationMillis how long an idle producer's state is kept
 * @param verifyColdReads check the checksums of what this process did not write before it is served
 *     for the first time
 * @param compaction whether and how old records give way to later ones of the same key
 */
public record LogConfig(
    int segmentBytesMax,
    long segmentMillisMax,
    long segmentJitterMillis,
    int indexIntervalBytes,
    int indexBytesMax,
    long retentionMillis,
    long retentionBytes,
    long fileDeleteDelayMillis,
    long flushMessages,
    long flushMillis,
    boolean flushOnCommit,
    TimestampType timestampType,
    long producerExpirationMillis,
    boolean verifyColdReads,
    Compaction compaction) {

  private static final LogConfig DEFAULTS =
      new LogConfig(
          1 << 30,
          7 * 24 * 3_600_000L,
          0,
          4096,
          10 << 20,
          7 * 24 * 3_600_000L,
          -1,
          60_000,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          false,
          TimestampType.CREATE_TIME,
          24 * 3_600_000L,
          true,
          Compaction.OFF);

  public static LogConfig defaults() {
    return DEFAULTS;
  }

  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Changes some values of a configuration. */
  public static final class Builder {
    private int segmentBytesMax;
    private long segmentMillisMax;
    private long segmentJitterMillis;
    private int indexIntervalBytes;
    private int indexBytesMax;
    private long retentionMillis;
    private long retentionBytes;
    private long fileDeleteDelayMillis;
    private long flushMessages;
    private long flushMillis;
    private boolean flushOnCommit;
    private TimestampType timestampType;
    private long producerExpirationMillis;
    private boolean verifyColdReads;
    private Compaction compaction;

    private Builder(LogConfig from) {
      segmentBytesMax = from.segmentBytesMax;
      segmentMillisMax = from.segmentMillisMax;
      segmentJitterMillis = from.segmentJitterMillis;
      indexIntervalBytes = from.indexIntervalBytes;
      indexBytesMax = from.indexBytesMax;
      retentionMillis = from.retentionMillis;
      retentionBytes = from.retentionBytes;
      fileDeleteDelayMillis = from.fileDeleteDelayMillis;
      flushMessages = from.flushMessages;
      flushMillis = from.flushMillis;
      flushOnCommit = from.flushOnCommit;
      timestampType = from.timestampType;
      producerExpirationMillis = from.producerExpirationMillis;
      verifyColdReads = from.verifyColdReads;
      compaction = from.compaction;
    }

    public Builder segmentBytesMax(int bytes) {
      segmentBytesMax = bytes;
      return this;
    }

    public Builder segmentMillisMax(long millis) {
      segmentMillisMax = millis;
      return this;
    }

    public Builder segmentJitterMillis(long millis) {
      segmentJitterMillis = millis;
      return this;
    }

    public Builder indexIntervalBytes(int bytes) {
      indexIntervalBytes = bytes;
      return this;
    }

    public Builder indexBytesMax(int bytes) {
      indexBytesMax = bytes;
      return this;
    }

    public Builder retentionMillis(long millis) {
      retentionMillis = millis;
      return this;
    }

    public Builder retentionBytes(long bytes) {
      retentionBytes = bytes;
      return this;
    }

    public Builder fileDeleteDelayMillis(long millis) {
      fileDeleteDelayMillis = millis;
      return this;
    }

    public Builder flushMessages(long messages) {
      flushMessages = messages;
      return this;
    }

    public Builder flushMillis(long millis) {
      flushMillis = millis;
      return this;
    }

    public Builder flushOnCommit(boolean flush) {
      flushOnCommit = flush;
      return this;
    }

    public Builder timestampType(TimestampType type) {
      timestampType = type;
      return this;
    }

    public Builder producerExpirationMillis(long millis) {
      producerExpirationMillis = millis;
      return this;
    }

    public Builder verifyColdReads(boolean verify) {
      verifyColdReads = verify;
      return this;
    }

    public Builder compaction(Compaction settings) {
      compaction = settings;
      return this;
    }

    public LogConfig build() {
      return new LogConfig(
          segmentBytesMax,
          segmentMillisMax,
          segmentJitterMillis,
          indexIntervalBytes,
          indexBytesMax,
          retentionMillis,
          retentionBytes,
          fileDeleteDelayMillis,
          flushMessages,
          flushMillis,
          flushOnCommit,
          timestampType,
          producerExpirationMillis,
          verifyColdReads,
          compaction);
    }
  }
}
