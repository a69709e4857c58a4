package actors.partition;

/**
 * Bytes that may go at a rate. What has gone never exceeds what the rate has allowed since the
 * beginning by more than the last message, and a pause saves up a second's worth at most. Any
 * thread; told the time by whoever asks.
 */
final class TokenBucket {
  /** Lets everything go. */
  static final TokenBucket UNLIMITED = new TokenBucket();

  private static final double MILLIS_PER_SECOND = 1_000;

  private long bytesPerSecond = Long.MAX_VALUE;
  private double tokens;
  private long refilledMillis = Long.MIN_VALUE;

  /** A faster or slower rate; what was owed stays owed. */
  synchronized void limitTo(long newBytesPerSecond) {
    if (newBytesPerSecond != bytesPerSecond) {
      tokens = Math.min(tokens, (double) newBytesPerSecond);
      bytesPerSecond = newBytesPerSecond;
    }
  }

  /**
   * How many bytes may go now; a single message may be larger, and the next ones wait for that. 0:
   * none yet.
   *
   * @param nowMillis monotonic
   */
  synchronized long allowance(long nowMillis) {
    if (isUnlimited()) {
      return Long.MAX_VALUE;
    }
    refill(nowMillis);
    return Math.max(0, (long) tokens);
  }

  /** So many bytes have gone. */
  synchronized void take(long bytes, long nowMillis) {
    if (!isUnlimited()) {
      refill(nowMillis);
      tokens -= bytes;
    }
  }

  private boolean isUnlimited() {
    return bytesPerSecond == Long.MAX_VALUE;
  }

  /** Who asks may have looked at the clock earlier than whoever asked before. */
  private void refill(long nowMillis) {
    long elapsed = refilledMillis == Long.MIN_VALUE ? 0 : Math.max(0, nowMillis - refilledMillis);
    refilledMillis = Math.max(refilledMillis, nowMillis);
    double rate = (double) bytesPerSecond;
    tokens = Math.min(rate, tokens + rate * ((double) elapsed / MILLIS_PER_SECOND));
  }
}
