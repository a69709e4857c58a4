package actors.partition;

/** Bounds of a replica; passing one is a tested case. */
final class Limits {
  /** Readers that wait at one replica; one more is answered with what there is, and asks again. */
  static final int WAITING_READERS_MAX = 100_000;

  /**
   * Deletions that wait at one replica for others to have carried them out; one more is carried out
   * and not waited for.
   */
  static final int WAITING_DELETIONS_MAX = 1_000;

  /** Bytes gathered before they are written without waiting for the mailbox to run empty. */
  static final int GATHERED_BYTES_MAX = 4 * 1024 * 1024;

  /**
   * Batches gathered before they are written; a gathering write takes about this many buffers at
   * once.
   */
  static final int GATHERED_BATCHES_MAX = 1024;

  /**
   * Bytes of one message to a follower, so that it fits into a frame of the transport with its
   * header; a larger batch goes in parts.
   */
  static final int PUSH_BYTES_MAX = 192 * 1024;

  /** What may be under way to a follower; a larger batch goes alone. */
  static final int WINDOW_BYTES = 1024 * 1024;

  /** What all leaders of a broker may have under way together. */
  static final long PUSHED_BYTES_MAX = 64L * 1024 * 1024;

  /** A batch that comes in parts is not put together beyond this: no topic allows one so large. */
  static final int PARTED_BATCH_BYTES_MAX = 1 << 30;

  /** What a follower does not confirm is sent again after this, then after twice as long, ... */
  static final long RESEND_MILLIS_MIN = 1_000;

  static final long RESEND_MILLIS_MAX = 8_000;

  /** A follower that hears nothing from its leader asks again after this, then twice as long. */
  static final long ASK_MILLIS_MIN = 100;

  static final long ASK_MILLIS_MAX = 2_000;

  /** The same of one that has been heard: it may have missed that its session is over. */
  static final long SILENCE_MILLIS_MAX = 5 * 60_000;

  /** The same while the follower is not in sync, and should have much to hear. */
  static final long SILENCE_OUT_OF_SYNC_MILLIS_MAX = 10_000;

  private Limits() {}
}
