package storage.log;

/** The bounds that this package holds. */
public final class Limits {
  /** Largest checkpoint, snapshot or properties file that is read. */
  public static final int SMALL_FILE_BYTES_MAX = 64 << 20;

  /** Largest segment; positions in it are ints. */
  public static final int SEGMENT_BYTES_MAX = Integer.MAX_VALUE;

  /** Producers whose state one log remembers; beyond it the one idle longest is forgotten. */
  public static final int PRODUCERS_MAX = 100_000;

  /** Batches that one producer may have in flight, and so may repeat. */
  static final int PRODUCER_BATCHES = 5;

  /** Appended batches whose positions a log remembers, for readers at its tail. */
  static final int TAIL_BATCHES = 64;

  /** Ranges of one segment that are known to be intact; beyond it the smallest is forgotten. */
  static final int VERIFIED_RANGES_MAX = 16;

  /** For how long bytes that were written or found intact are served without looking again. */
  static final long TRUST_MILLIS = 300_000;

  /** Index entries that wait in memory for one write. */
  static final int PENDING_INDEX_ENTRIES = 64;

  /** Bytes of log after which waiting index entries are written. */
  static final int INDEX_WRITE_INTERVAL_BYTES = 1 << 20;

  /** Bytes read at once where few headers are wanted. */
  static final int LOOKUP_WINDOW_BYTES = 8 << 10;

  /** Bytes of cleaned batches that wait in memory for one write; one batch may exceed it. */
  static final int CLEANED_WRITE_BYTES = 1 << 20;

  /** Bytes read at once where a segment is scanned. */
  static final int SCAN_WINDOW_BYTES = 256 << 10;

  private Limits() {}
}
