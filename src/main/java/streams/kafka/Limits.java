package streams.kafka;

/** Bounds of the Kafka edge; passing one is a tested case with an answer of its own. */
final class Limits {
  /** Requests of one connection read but not answered; the next is read when one is answered. */
  static final int REQUESTS_UNDER_WAY_PER_CONNECTION_MAX = 100;

  /**
   * Answers in memory that a client has not read; at this size no further request of its is looked
   * at.
   */
  static final long UNSENT_ANSWER_BYTES_PER_CONNECTION_MAX = 256 * 1024;

  /** Fetch sessions of one connection; the oldest goes when another comes. */
  static final int FETCH_SESSIONS_PER_CONNECTION_MAX = 8;

  /** Partitions of one fetch. */
  static final int FETCH_PARTITIONS_MAX = 100_000;

  /** The answer of another broker to a question of ours. */
  static final int ANSWER_BYTES_MAX = 64 << 20;

  private Limits() {}
}
