package actors.group.classic;

/**
 * The wait for more members before the first rebalance of a group that was empty.
 *
 * @param delayMillis of the timer that runs
 * @param remainingMillis by how much it may still be extended
 * @param grown somebody has come since the timer was started
 */
record InitialDelay(int delayMillis, int remainingMillis, boolean grown) {
  InitialDelay withNewcomer() {
    return new InitialDelay(delayMillis, remainingMillis, true);
  }

  boolean mayExtend() {
    return grown && remainingMillis > 0;
  }

  InitialDelay extended(int initialDelayMillis) {
    return new InitialDelay(
        Math.min(initialDelayMillis, remainingMillis),
        Math.max(remainingMillis - delayMillis, 0),
        false);
  }
}
