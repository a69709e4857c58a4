package actors.access;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that may be in memory at a time. Any thread. */
final class ByteBudget {
  private final AtomicLong left;

  ByteBudget(long bytesMax) {
    this.left = new AtomicLong(bytesMax);
  }

  /**
   * One that is larger than what is left still passes, so that the largest batch can.
   *
   * @return false if there is nothing left
   */
  boolean reserve(long bytes) {
    return left.getAndUpdate(now -> now > 0 ? now - bytes : now) > 0;
  }

  void release(long bytes) {
    left.addAndGet(bytes);
  }

  long left() {
    return left.get();
  }
}
