package streams;

/** Bounds that are not settings. */
final class Limits {
  /** What a leader remembers of a producer's batches, so that a repeated one is recognised. */
  static final int BATCHES_IN_FLIGHT_MAX = 5;

  static final int BATCH_BYTES_MIN = 1024;

  /** Sizes inside a batch are ints, and a buffer doubles as it grows. */
  static final int BATCH_BYTES_MAX = 1 << 28;

  static final int CHUNK_BYTES_MIN = 1024;
  static final int CHUNKS_MAX = 1 << 16;

  /** What a waiting result takes beside its record's bytes, so that empty envelopes count too. */
  static final int RESULT_OVERHEAD_BYTES = 64;

  /** What one record may decompress to. */
  static final int RECORD_BYTES_MAX = 1 << 28;

  /** A piece whose checksum is wrong, or that cannot be read, is asked for so often. */
  static final int DAMAGED_READS_MAX = 3;

  private Limits() {}
}
