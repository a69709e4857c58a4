package actors.group;

import java.time.Duration;

/** The bounds of what a coordinator holds, by name. */
final class Limits {
  private Limits() {}

  /** Requests to one group that wait for their answer; more are told to come again. */
  static final int GROUP_REQUESTS_MAX = 50_000;

  /**
   * Requests to one coordinator that wait until it has read its log; more are told to come again.
   */
  static final int LOADING_REQUESTS_MAX = 10_000;

  /** Bytes of the log that are read at a time. */
  static final int LOAD_BYTES = 4 << 20;

  /** How long the topic that holds the groups may take to be there. */
  static final Duration CREATION_PATIENCE = Duration.ofSeconds(10);

  /**
   * Bytes of a request or answer between brokers, so that it fits into a frame of the transport.
   */
  static final int GATE_BYTES_MAX = 192 * 1024;

  /** How long a coordinator on another broker may take to answer. */
  static final Duration GATE_PATIENCE = Duration.ofSeconds(5);

  /** After the log has refused what a timer led to, the timer rings once more. */
  static final Duration REPEAT_PAUSE = Duration.ofSeconds(1);

  /** After a log could not be read, or not be trusted, it is read again. */
  static final Duration RELOAD_PAUSE = Duration.ofMillis(500);
}
