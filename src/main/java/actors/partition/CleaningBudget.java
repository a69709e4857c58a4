package actors.partition;

import actors.config.BrokerConfigs;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import storage.log.Cleaning;

/**
 * What the cleanings of all logs of a broker share: how many go on at a time, how much memory each
 * has for keys, and how fast all of them together read and write. Any thread.
 */
public final class CleaningBudget {
  /** Of the largest heap, what all cleanings together may take for keys. */
  private static final int HEAP_SHARE = 8;

  private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final AtomicInteger free;
  private final long mapBytes;
  private final TokenBucket rate = new TokenBucket();

  public CleaningBudget(BrokerConfigs configs) {
    this.free = new AtomicInteger(configs.cleanerThreads());
    long memory =
        Math.min(configs.cleanerMapBytes(), Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    this.mapBytes = memory / configs.cleanerThreads();
    double bytesPerSecond = configs.cleanerBytesPerSecondMax();
    rate.limitTo(bytesPerSecond >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) bytesPerSecond);
  }

  /**
   * @return false if as many go on as may; try again in a while
   */
  boolean begin() {
    return free.getAndUpdate(left -> left > 0 ? left - 1 : left) > 0;
  }

  /** A cleaning that was begun is over. */
  void end() {
    free.incrementAndGet();
  }

  long mapBytes() {
    return mapBytes;
  }

  /** Holds up whoever reads and writes too fast; on threads that may wait. */
  Cleaning.Pace pace() {
    return bytes -> {
      rate.take(bytes, nowMillis());
      while (rate.allowance(nowMillis()) == 0) {
        LockSupport.parkNanos(WAIT_NANOS);
      }
    };
  }

  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
