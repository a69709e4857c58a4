package actors.broker;

/**
 * When an image becomes known to the rest of the broker: once every replica of it that is to lead
 * here can be found, for whoever learns of a partition writes to it at once, and of several batches
 * under way the first must not be the one that comes too early. But not long after it has come.
 */
final class Publication {
  private boolean isPending;
  private boolean isWaiting;

  /** What is to be done about the newest image. */
  enum Order {
    /** Make it known, and wait no longer. */
    PUBLISH,
    /** Look again after a while at the latest, with {@link #overdue}. */
    WAIT,
    NOTHING
  }

  /**
   * A new image has come.
   *
   * @param someAreStarting replicas that have never answered
   */
  Order shown(boolean someAreStarting) {
    isPending = true;
    return look(someAreStarting);
  }

  /** A replica has answered for the first time. */
  Order answered(boolean someAreStarting) {
    return isPending ? look(someAreStarting) : Order.NOTHING;
  }

  /** It has been held back long enough. */
  Order overdue() {
    return isPending ? published() : Order.NOTHING;
  }

  /** An image is held back. */
  boolean isWaiting() {
    return isWaiting;
  }

  private Order look(boolean someAreStarting) {
    if (!someAreStarting) {
      return published();
    }
    if (isWaiting) {
      return Order.NOTHING;
    }
    isWaiting = true;
    return Order.WAIT;
  }

  private Order published() {
    isPending = false;
    isWaiting = false;
    return Order.PUBLISH;
  }
}
