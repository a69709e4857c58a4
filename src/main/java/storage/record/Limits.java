package storage.record;

/** The bounds that this package holds, each with the refusal that follows from passing it. */
public final class Limits {
  /**
   * Bytes that one compressed batch may unfold to. A batch that unfolds to more is refused as
   * {@link BatchCheck.Reason#TOO_LARGE}; it is read through a small buffer, so the bound is on time
   * and not on memory.
   */
  public static final int DECOMPRESSED_BATCH_BYTES_MAX = 128 << 20;

  /** Bytes that a compressed batch is unfolded through at a time. */
  static final int DECOMPRESSION_CHUNK_BYTES = 16 << 10;

  private Limits() {}
}
