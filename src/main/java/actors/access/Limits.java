package actors.access;

import java.time.Duration;

/** Bounds of what goes to and from the replicas of other brokers; passing one is a tested case. */
final class Limits {
  /**
   * Bytes of one message, so that it fits into a frame of the transport with its header; what is
   * larger goes in parts.
   */
  static final int PART_BYTES_MAX = 192 * 1024;

  /** An answer to a reader has no more, but for a single batch that is larger. */
  static final int READ_BYTES_MAX = 8 * 1024 * 1024;

  /**
   * Bytes that one far replica has under way, both ways; the message that passes the bound still
   * goes, so that the largest batch can.
   */
  static final long FAR_REPLICA_BYTES_MAX = 32L * 1024 * 1024;

  /** Bytes that all visits of a broker together have in memory; one may pass the bound likewise. */
  static final long DOOR_BYTES_MAX = 64L * 1024 * 1024;

  /** Requests that one far replica has open, waiting readers among them. */
  static final int REQUESTS_MAX = 10_000;

  /** Visits at one door: one for each partition and asking broker. */
  static final int VISITS_MAX = 20_000;

  /** The door is asked again after so long, and given up after as many tries. */
  static final Duration OPEN_AGAIN = Duration.ofMillis(500);

  static final int OPEN_TRIES_MAX = 10;

  /** While an answer is due, the other side is asked at this interval whether it is still there. */
  static final Duration CHECK_INTERVAL = Duration.ofSeconds(5);

  /** So many of those questions without any answer, and the other side counts as gone. */
  static final int UNANSWERED_CHECKS_MAX = 3;

  /** A far replica that nobody has spoken to ends after this. */
  static final Duration UNUSED_MAX = Duration.ofSeconds(30);

  private Limits() {}
}
