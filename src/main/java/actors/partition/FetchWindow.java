package actors.partition;

/**
 * How much may be under way to a follower: as much as usual, or, while it lacks what is committed
 * and is throttled, what its broker's rate allows. Confined to the follower's actor.
 */
final class FetchWindow {
  private final Surroundings around;

  /** As the leader said last; until it has, this replica may lack anything. */
  private long leaderHighWatermark = Long.MAX_VALUE;

  private int saidBytes = Limits.WINDOW_BYTES;

  FetchWindow(Surroundings around) {
    this.around = around;
  }

  void leaderIsAt(long highWatermark) {
    leaderHighWatermark = highWatermark;
  }

  /** Batches have come. */
  void taken(int bytes, long logEndOffset) {
    if (isBehind(logEndOffset)) {
      around.followerThrottle().take(bytes, around.monotonicMillis());
    }
  }

  /** What to tell the leader now; 0 if nothing may come, and then {@link #hasOpened} will tell. */
  int bytes(long logEndOffset) {
    long allowed =
        isBehind(logEndOffset)
            ? around.followerThrottle().allowance(around.monotonicMillis())
            : Limits.WINDOW_BYTES;
    saidBytes = (int) Math.min(Limits.WINDOW_BYTES, allowed);
    if (saidBytes == 0) {
      around.tendSoon();
    }
    return saidBytes;
  }

  /** Whether the leader was told that nothing may come, and by now something may. */
  boolean hasOpened(long logEndOffset) {
    return saidBytes == 0 && bytes(logEndOffset) > 0;
  }

  /** One that has all that is committed is never slowed. */
  private boolean isBehind(long logEndOffset) {
    return logEndOffset < leaderHighWatermark;
  }
}
