package storage.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Brings the files of a log back to a state that appends and reads can go on from.
 *
 * <p>After a clean stop, and after a crash of the process alone, the files are what was written:
 * only the active segment is scanned, from its last index entry on. After a crash of the machine
 * every segment from the recovery point on is scanned and its indexes are rebuilt; at the first
 * batch that is not sound the log ends.
 */
final class LogOpening {
  private final Request request;
  private final FileSystem fileSystem;
  private final Path directory;
  private final SegmentList segments = new SegmentList();
  private final ProducerSnapshots snapshots;
  private final EpochFile epochFile;
  private final BatchScanner scanner = new BatchScanner(Limits.SCAN_WINDOW_BYTES);
  private final List<EpochHistory.Entry> epochsFound = new ArrayList<>();
  private long endOffset;

  /**
   * What is known of a log before its files are looked at.
   *
   * @param recoveryPoint as checkpointed, or 0
   * @param logStartOffset as checkpointed, or 0
   * @param cleanedOffset up to which it was compacted, as checkpointed, or 0
   */
  record Request(
      FileSystem fileSystem,
      Path directory,
      PartitionName partition,
      LogConfig config,
      PreviousStop previousStop,
      long recoveryPoint,
      long logStartOffset,
      long cleanedOffset,
      RecoveryProgress progress,
      long nowMillis) {}

  /** What the files were found to hold. */
  record Opened(
      SegmentList segments,
      ProducerSnapshots snapshots,
      ProducerStates producers,
      EpochFile epochFile,
      EpochHistory epochs,
      LogRange range,
      long recoveryPoint) {}

  private LogOpening(Request request) {
    this.request = request;
    this.fileSystem = request.fileSystem();
    this.directory = request.directory();
    this.snapshots = new ProducerSnapshots(fileSystem, directory);
    this.epochFile = new EpochFile(fileSystem, directory);
  }

  static Opened open(Request request) {
    return new LogOpening(request).open();
  }

  private Opened open() {
    finishSwaps();
    findSegments();
    if (segments.isEmpty()) {
      begin(request.logStartOffset());
    }
    recover();
    if (request.logStartOffset() > endOffset) {
      dropAll();
      begin(request.logStartOffset());
      endOffset = request.logStartOffset();
    }
    long startOffset = Math.max(request.logStartOffset(), segments.first().baseOffset());
    LogRange range = new LogRange(startOffset, endOffset);
    EpochHistory epochs = openEpochs(range);
    ProducerStates producers = new ProducerStates();
    snapshots.rebuild(producers, segments, range, scanner);
    long recoveryPoint = Math.max(startOffset, Math.min(request.recoveryPoint(), endOffset));
    return new Opened(segments, snapshots, producers, epochFile, epochs, range, recoveryPoint);
  }

  /**
   * Lets a finished compaction take effect, and removes what deletions and drafts left behind.
   * Durably: no file must come back in the place of one that is written from now on.
   */
  private void finishSwaps() {
    boolean changed = false;
    for (FileSystem.Entry entry : fileSystem.list(directory)) {
      String name = entry.name();
      boolean isLeftBehind = true;
      if (name.endsWith(LogFiles.LOG + LogFiles.SWAP)) {
        finishSwap(name.substring(0, name.length() - LogFiles.SWAP.length()), entry.size());
      } else if (name.endsWith(LogFiles.DELETED)
          || name.endsWith(LogFiles.CLEANED)
          || name.endsWith(LogFiles.DRAFT)
          || name.endsWith(LogFiles.SWAP)) {
        fileSystem.delete(directory.resolve(name));
      } else {
        isLeftBehind = false;
      }
      changed |= isLeftBehind;
    }
    if (changed) {
      fileSystem.syncDirectory(directory);
    }
  }

  private void finishSwap(String logName, long size) {
    Path swap = directory.resolve(logName + LogFiles.SWAP);
    OptionalLong base = LogFiles.offsetOf(logName, LogFiles.LOG);
    long swapEnd = base.isPresent() ? soundEnd(swap, base.getAsLong(), size) : -1;
    if (swapEnd < 0) {
      fileSystem.delete(swap);
      return;
    }
    long end = Math.max(swapEnd, base.getAsLong() + 1);
    for (FileSystem.Entry entry : fileSystem.list(directory)) {
      for (String suffix : List.of(LogFiles.LOG, LogFiles.OFFSET_INDEX, LogFiles.TIME_INDEX)) {
        LogFiles.offsetOf(entry.name(), suffix).stream()
            .filter(offset -> offset >= base.getAsLong() && offset < end)
            .forEach(offset -> fileSystem.delete(LogFiles.of(directory, offset, suffix)));
      }
    }
    fileSystem.rename(swap, directory.resolve(logName));
  }

  /** The end offset of a file whose batches are all sound; -1 if one is not. */
  private long soundEnd(Path path, long baseOffset, long size) {
    try (DiskFile file = fileSystem.open(path)) {
      long end = baseOffset;
      scanner.begin(file, 0, size, baseOffset);
      while (scanner.nextVerified()) {
        end = scanner.lastOffset() + 1;
      }
      return scanner.isFaulty() ? -1 : end;
    }
  }

  private void findSegments() {
    Map<String, FileSystem.Entry> files = new HashMap<>();
    List<FileSystem.Entry> listing = fileSystem.list(directory);
    listing.forEach(entry -> files.put(entry.name(), entry));
    for (FileSystem.Entry entry : listing) {
      LogFiles.offsetOf(entry.name(), LogFiles.SNAPSHOT).ifPresent(snapshots::found);
      LogFiles.offsetOf(entry.name(), LogFiles.LOG)
          .ifPresent(base -> segments.add(found(base, entry, files)));
      removeIfOrphan(entry.name(), LogFiles.OFFSET_INDEX, files);
      removeIfOrphan(entry.name(), LogFiles.TIME_INDEX, files);
    }
  }

  private Segment found(long base, FileSystem.Entry log, Map<String, FileSystem.Entry> files) {
    return new Segment(
        fileSystem,
        directory,
        base,
        request.config().indexIntervalBytes(),
        new Segment.Sizes(
            log.size(),
            log.size() == 0 ? 0 : sizeOf(base, LogFiles.OFFSET_INDEX, files),
            log.size() == 0 ? 0 : sizeOf(base, LogFiles.TIME_INDEX, files),
            log.modifiedMillis()));
  }

  private long sizeOf(long base, String suffix, Map<String, FileSystem.Entry> files) {
    FileSystem.Entry entry =
        files.get(LogFiles.of(directory, base, suffix).getFileName().toString());
    return entry == null ? 0 : entry.size();
  }

  /** Of a log that was just cut to nothing the indexes may be as they were. */
  private void removeIfOrphan(String name, String suffix, Map<String, FileSystem.Entry> files) {
    OptionalLong base = LogFiles.offsetOf(name, suffix);
    if (base.isPresent() && sizeOf(base.getAsLong(), LogFiles.LOG, files) == 0) {
      fileSystem.delete(directory.resolve(name));
    }
  }

  private void begin(long baseOffset) {
    Segment segment =
        new Segment(
            fileSystem,
            directory,
            baseOffset,
            request.config().indexIntervalBytes(),
            Segment.Sizes.empty(request.nowMillis()));
    segment.create();
    segments.add(segment);
  }

  private void recover() {
    List<Segment> suspects = suspects();
    for (int i = 0; i < suspects.size(); i++) {
      Segment segment = suspects.get(i);
      int sizeBefore = segment.size();
      boolean isDurable = segment.baseOffset() <= request.recoveryPoint();
      if (i > 0 && endOffset != segment.baseOffset() && !isDurable) {
        dropFrom(segment.baseOffset());
        break;
      }
      endOffset = recover(segment);
      if (!segments.isActive(segment)) {
        segment.seal();
      }
      request.progress().segmentRecovered(request.partition(), i + 1, suspects.size());
      if (segment.size() < sizeBefore && !segments.isActive(segment)) {
        dropFrom(segment.baseOffset() + 1);
        break;
      }
    }
  }

  /** The one that ends at the recovery point may have been closed after it was flushed. */
  private List<Segment> suspects() {
    return request.previousStop() == PreviousStop.MACHINE_CRASH
        ? new ArrayList<>(segments.from(request.recoveryPoint() - 1))
        : List.of(segments.active());
  }

  private long recover(Segment segment) {
    return request.previousStop() == PreviousStop.MACHINE_CRASH
        ? segment.recoverWhole(scanner, this::noteEpoch)
        : segment.recoverTail(scanner, this::noteEpoch);
  }

  private void noteEpoch(BatchScanner found) {
    int latest = epochsFound.isEmpty() ? -1 : epochsFound.get(epochsFound.size() - 1).epoch();
    if (found.leaderEpoch() > latest) {
      epochsFound.add(new EpochHistory.Entry(found.leaderEpoch(), found.baseOffset()));
    }
  }

  /** Deletes the segments that begin at or after an offset. */
  private void dropFrom(long offset) {
    for (Segment segment : segments.startingFrom(offset)) {
      segments.remove(segment);
      segment.delete();
    }
    fileSystem.syncDirectory(directory);
  }

  private void dropAll() {
    dropFrom(Long.MIN_VALUE);
    snapshots.deleteFrom(0);
  }

  /**
   * The history that the file holds, or the batches if it does not, within the log's range. Where
   * there is neither, no leader has written yet, and a file that says so would cost each new log
   * two waits for the disk.
   */
  private EpochHistory openEpochs(LogRange range) {
    EpochHistory stored = epochFile.read().orElse(null);
    EpochHistory history = stored != null ? stored : EpochFile.rebuild(segments, scanner);
    history = history.truncateFromEnd(range.endOffset());
    for (EpochHistory.Entry found : epochsFound) {
      history = EpochFile.extend(history, found.epoch(), found.startOffset());
    }
    history = history.truncateFromStart(range.startOffset());
    boolean isMissing = stored == null && !history.entries().isEmpty();
    if (isMissing || (stored != null && !history.equals(stored))) {
      epochFile.write(history);
    }
    return history;
  }
}
