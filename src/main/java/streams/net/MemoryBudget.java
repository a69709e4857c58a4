package streams.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of requests held by all connections of a broker together. Taking never fails: whoever finds
 * the budget overdrawn stops reading until it has recovered, so it is exceeded by at most one read
 * a connection.
 */
public final class MemoryBudget {
  private final long bytesMax;
  private final AtomicLong used = new AtomicLong();

  public MemoryBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  public void take(long bytes) {
    used.addAndGet(bytes);
  }

  public void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  public boolean overdrawn() {
    return used.get() > bytesMax;
  }

  public long usedBytes() {
    return used.get();
  }
}
