package cli;

import cli.data.RecordReader.KeyedLine;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something that happens in the middle of a stream: once half of the records are acknowledged. The
 * last quarter is held back until it has happened, since a small file would be through before.
 */
final class Disaster {
  private static final long HOLD_SECONDS_MAX = 60;

  private final long strikesAt;
  private final long holdsAt;
  private final Runnable what;
  private final CountDownLatch happened = new CountDownLatch(1);
  private long acknowledged;
  private long lastNanos = -1;
  private long longestPauseNanos;

  /**
   * @param count of all records, at least 4
   * @param what is done, on the thread that hears of acknowledgements
   */
  Disaster(long count, Runnable what) {
    this.strikesAt = count / 2;
    this.holdsAt = count - count / 4;
    this.what = what;
  }

  /** One more record is acknowledged; on one thread at a time. */
  void acknowledged() {
    long now = System.nanoTime();
    synchronized (this) {
      if (lastNanos >= 0) {
        longestPauseNanos = Math.max(longestPauseNanos, now - lastNanos);
      }
      lastNanos = now;
      acknowledged++;
      if (acknowledged != strikesAt) {
        return;
      }
    }
    what.run();
    happened.countDown();
  }

  /** The same records, the last quarter after the disaster. Blocks where it has to wait. */
  Iterator<KeyedLine> holdingBack(Iterator<KeyedLine> lines) {
    return new Iterator<>() {
      private long given;

      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public KeyedLine next() {
        if (given++ == holdsAt) {
          awaitDisaster();
        }
        return lines.next();
      }
    };
  }

  private void awaitDisaster() {
    try {
      if (!happened.await(HOLD_SECONDS_MAX, TimeUnit.SECONDS)) {
        throw CommandFailure.failed(
            "half of the records were not acknowledged within " + HOLD_SECONDS_MAX + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean hasHappened() {
    return happened.getCount() == 0;
  }

  /** The longest time without an acknowledgement, between the first and the last of them. */
  synchronized long longestPauseNanos() {
    return longestPauseNanos;
  }
}
