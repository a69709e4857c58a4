package streams;

import java.time.Duration;

/** How long to wait before trying again: doubles from the minimum up to the maximum. */
record Backoff(Duration min, Duration max) {
  private static final int DOUBLINGS_MAX = 20;

  /**
   * @param attempt counts from zero
   */
  Duration before(int attempt) {
    Duration doubled = min.multipliedBy(1L << Math.min(attempt, DOUBLINGS_MAX));
    return doubled.compareTo(max) < 0 ? doubled : max;
  }
}
