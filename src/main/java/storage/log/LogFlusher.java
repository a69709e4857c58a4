package storage.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Knows how much of a log is durable. The recovery point is the offset before which everything was
 * fsynced; it rises when a flush completes and falls when the log is cut.
 *
 * <p>For the log's owning thread; what other threads may call says so.
 */
final class LogFlusher {
  private final FileSystem fileSystem;
  private final Path directory;
  private final SegmentList segments;
  private final EpochFile epochFile;
  private final Runnable onLowered;
  private long lastFlushMillis;
  private long generation;
  private boolean directoryChanged = true;
  private boolean epochsChanged;
  private volatile boolean isReachable;
  private volatile long recoveryPoint;
  private volatile boolean failed;

  /**
   * @param onLowered makes the recovery points durable, before anything is written past one that
   *     moved back
   */
  LogFlusher(LogOpening.Request origin, LogOpening.Opened opened, Runnable onLowered) {
    this.fileSystem = origin.fileSystem();
    this.directory = origin.directory();
    this.segments = opened.segments();
    this.epochFile = opened.epochFile();
    this.recoveryPoint = opened.recoveryPoint();
    this.lastFlushMillis = origin.nowMillis();
    this.onLowered = onLowered;
  }

  /** Any thread. */
  long recoveryPoint() {
    return recoveryPoint;
  }

  /** True once an fsync failed, or {@link #fail} was called; any thread. */
  boolean hasFailed() {
    return failed;
  }

  void fail() {
    failed = true;
  }

  /** Rises whenever the log is cut. */
  long generation() {
    return generation;
  }

  /** Files were created, renamed or deleted since the last flush. */
  void directoryChanged() {
    directoryChanged = true;
  }

  /**
   * The epochs were written without waiting for the disk. Until a flush has made them durable with
   * the batches that they are of, a recovery finds both or neither: it scans what was not flushed.
   */
  void epochsChanged() {
    epochsChanged = true;
    directoryChanged = true;
  }

  /**
   * Makes names durable at once, where a crash must not bring an old file back; any thread. The
   * first time that of the directory, too: nothing in a new one counted as durable before, so a
   * power loss until then takes all of it, and leaves a log that was never written to.
   */
  void syncDirectory() {
    fileSystem.syncDirectory(directory);
    if (!isReachable) {
      fileSystem.syncDirectory(directory.getParent());
      isReachable = true;
    }
  }

  boolean isDue(LogConfig config, long logEndOffset, long nowMillis) {
    long unflushed = logEndOffset - recoveryPoint;
    return unflushed > 0
        && (recoveryPoint < segments.active().baseOffset()
            || unflushed >= config.flushMessages()
            || nowMillis - lastFlushMillis >= config.flushMillis());
  }

  FlushTicket begin(long logEndOffset) {
    List<DiskFile> files = new ArrayList<>();
    if (logEndOffset > recoveryPoint) {
      // One that was closed since it was flushed has indexes that were completed since.
      for (Segment segment : segments.from(recoveryPoint - 1)) {
        segment.collectFiles(!segments.isActive(segment), files);
      }
    }
    return new FlushTicket(
        files, files.isEmpty() ? () -> {} : takeNames(), this::fail, logEndOffset, generation);
  }

  /** What else has to be forced by now. */
  private Runnable takeNames() {
    boolean forcesEpochs = epochsChanged;
    boolean syncsDirectory = directoryChanged;
    epochsChanged = false;
    directoryChanged = false;
    return () -> {
      if (forcesEpochs) {
        epochFile.force();
      }
      if (syncsDirectory) {
        syncDirectory();
      }
    };
  }

  void complete(FlushTicket ticket, long nowMillis) {
    InvariantViolation.check(ticket.wasForced(), "a flush of %s was not forced", directory);
    if (ticket.generation() == generation) {
      recoveryPoint = Math.max(recoveryPoint, ticket.endOffset());
      lastFlushMillis = nowMillis;
    }
  }

  /** The log now ends at an offset, and what follows will be other records. */
  void cutAt(long endOffset) {
    generation++;
    if (endOffset < recoveryPoint) {
      recoveryPoint = endOffset;
      onLowered.run();
    }
  }

  /** The log is empty and goes on at an offset. */
  void restartAt(long offset) {
    generation++;
    recoveryPoint = offset;
    onLowered.run();
  }

  /** What lies before an offset is not wanted any more. */
  void startAt(long offset) {
    recoveryPoint = Math.max(recoveryPoint, offset);
  }

  void flush(long logEndOffset, long nowMillis) {
    FlushTicket ticket = begin(logEndOffset);
    ticket.force();
    complete(ticket, nowMillis);
  }

  /** The last act of a log that is closed: what it holds need not be scanned at the next start. */
  void flushLast(long logEndOffset) {
    flush(logEndOffset, lastFlushMillis);
    if (epochsChanged && segments.sizeBytes() > 0) {
      takeNames().run();
    }
  }
}
