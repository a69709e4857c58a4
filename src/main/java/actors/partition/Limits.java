package actors.partition;

/** Bounds of a replica; passing one is a tested case. */
final class Limits {
  /** Readers that wait at one replica; one more is answered with what there is, and asks again. */
  static final int WAITING_READERS_MAX = 100_000;

  /** Bytes gathered before they are written without waiting for the mailbox to run empty. */
  static final int GATHERED_BYTES_MAX = 4 * 1024 * 1024;

  /**
   * Batches gathered before they are written; a gathering write takes about this many buffers at
   * once.
   */
  static final int GATHERED_BATCHES_MAX = 1024;

  private Limits() {}
}
