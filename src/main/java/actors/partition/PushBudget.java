package actors.partition;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all leaders of a broker together may have under way to followers: each one's window
 * bounds it alone, but thousands of them catching up at a time would fill the memory. Any thread.
 */
public final class PushBudget {
  private final AtomicLong left;

  public PushBudget(long bytesMax) {
    this.left = new AtomicLong(bytesMax);
  }

  /**
   * One message may overdraw what is left, so that the largest batch can go.
   *
   * @return false if there is nothing left; try again when something has been confirmed
   */
  boolean reserve(long bytes) {
    long before = left.getAndUpdate(now -> now > 0 ? now - bytes : now);
    return before > 0;
  }

  void release(long bytes) {
    left.addAndGet(bytes);
  }
}
