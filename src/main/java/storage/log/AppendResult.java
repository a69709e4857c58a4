package storage.log;

/** Where appended batches went. */
public final class AppendResult {
  private final long[] firstOffsets;
  private final LogRange range;
  private final long logAppendMillis;

  AppendResult(long[] firstOffsets, LogRange range, long logAppendMillis) {
    this.firstOffsets = firstOffsets;
    this.range = range;
    this.logAppendMillis = logAppendMillis;
  }

  public int count() {
    return firstOffsets.length;
  }

  /** Offset of the first record of a batch, by the batch's place in the append. */
  public long firstOffset(int batch) {
    return firstOffsets[batch];
  }

  /** Offsets of the whole append. */
  public LogRange range() {
    return range;
  }

  /** The time that all records got, or -1 if they keep their producer's. */
  public long logAppendMillis() {
    return logAppendMillis;
  }
}
