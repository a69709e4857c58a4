package streams;

import java.time.Duration;

/** How long to wait before trying again: doubles from the minimum up to the maximum. */
record Backoff(Duration min, Duration max) {
  private static final int DOUBLINGS_MAX = 20;

  /**
   * @param attempt counts from zero
   */
  Duration before(int attempt) {
    return before(attempt, max);
  }

  /**
   * Before looking again whether a partition has a leader, which asks nobody and so may be often.
   */
  Duration beforeLook(int look) {
    return before(look, max.compareTo(Limits.LOOK_PAUSE_MAX) < 0 ? max : Limits.LOOK_PAUSE_MAX);
  }

  private Duration before(int attempt, Duration atMost) {
    Duration doubled = min.multipliedBy(1L << Math.min(attempt, DOUBLINGS_MAX));
    return doubled.compareTo(atMost) < 0 ? doubled : atMost;
  }
}
