package streams.grpc;

import com.typesafe.config.Config;
import java.time.Duration;

/** {@code granary.client} of the configuration; its file says what each means. */
record ClientTuning(
    Duration connectTimeout,
    Duration callTimeout,
    Duration keepAlive,
    Duration keepAliveTimeout,
    Duration backoffMin,
    Duration backoffMax) {
  private static final String PATH = "granary.client";
  private static final int DOUBLINGS_MAX = 16;

  static ClientTuning of(Config config) {
    Config section = config.getConfig(PATH);
    return new ClientTuning(
        section.getDuration("connect-timeout"),
        section.getDuration("call-timeout"),
        section.getDuration("keep-alive"),
        section.getDuration("keep-alive-timeout"),
        section.getDuration("reconnect-backoff-min"),
        section.getDuration("reconnect-backoff-max"));
  }

  /**
   * @param attempts that have failed since the last one that did not
   */
  Duration backoff(int attempts) {
    Duration pause = backoffMin.multipliedBy(1L << Math.min(attempts, DOUBLINGS_MAX));
    return pause.compareTo(backoffMax) < 0 ? pause : backoffMax;
  }
}
