package storage.log;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps some of a directory's volume free: appends ask it, and it asks the operating system once a
 * second at most, or when much has been written since. Any thread.
 */
final class SpaceGuard {
  /** What others write to the volume is noticed after this. */
  static final long LOOK_AGAIN_MILLIS = 1_000;

  private final LongSupplier usableBytes;
  private final Path directory;
  private final String setting;
  private final SpaceWatcher watcher;
  private final AtomicLong allowance = new AtomicLong();
  private volatile FreeSpace space;
  private volatile long lookedMillis = Long.MIN_VALUE;

  /**
   * @param usableBytes asks the operating system
   * @param setting whoever wants to write less or more is told to change this
   */
  SpaceGuard(
      LongSupplier usableBytes,
      Path directory,
      long bytesFreeMin,
      String setting,
      SpaceWatcher watcher) {
    this.usableBytes = usableBytes;
    this.directory = directory;
    this.setting = setting;
    this.watcher = watcher;
    this.space = FreeSpace.unknown(bytesFreeMin);
  }

  /**
   * Before records are written.
   *
   * @throws StorageFailure if they would take what has to stay free; the disk is as it was
   */
  void admit(long bytes, long nowMillis) {
    if (space.bytesFreeMin() == 0) {
      return;
    }
    boolean used = allowance.addAndGet(-bytes) < 0 && space.isEnough();
    if (used || isStale(nowMillis)) {
      look(bytes, nowMillis);
    }
    if (!space.isEnough()) {
      throw StorageFailure.foreseen(sentence(), directory);
    }
  }

  /** The wall clock may jump either way. */
  private boolean isStale(long nowMillis) {
    return lookedMillis == Long.MIN_VALUE
        || nowMillis < lookedMillis
        || nowMillis - lookedMillis >= LOOK_AGAIN_MILLIS;
  }

  private synchronized void look(long toWrite, long nowMillis) {
    FreeSpace before = space;
    FreeSpace next = before.seen(usableBytes.getAsLong(), toWrite);
    space = next;
    lookedMillis = nowMillis;
    allowance.set(next.allowanceBytes() - toWrite);
    if (before.isEnough() && !next.isEnough()) {
      watcher.scarce(sentence());
    } else if (next.isEnough() && !before.isEnough()) {
      watcher.enoughAgain(
          "There is space for records again: %d bytes are free under %s."
              .formatted(next.bytesFree(), directory));
    }
  }

  private String sentence() {
    FreeSpace now = space;
    return "No records are written: %d bytes are free under %s, and %s keeps %d free."
        .formatted(now.bytesFree(), directory, setting, now.bytesFreeMin());
  }
}
