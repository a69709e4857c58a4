package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import storage.record.RecordBatch;

/**
 * One file of batches with its two indexes. Its files are opened when they are first needed.
 *
 * <p>The indexes are hints. They are looked over when they are first used, each entry is compared
 * with the batch that it points to, and both are rebuilt from the log at the first contradiction.
 *
 * <p>For the log's owning thread only, except what is said of {@link DiskFile}.
 */
final class Segment implements AutoCloseable {
  private final FileSystem fileSystem;
  private final long baseOffset;
  private final int indexIntervalBytes;
  private final OffsetIndex offsetIndex;
  private final TimeIndex timeIndex;
  private final VerifiedRanges verified = new VerifiedRanges();
  private Path path;
  private DiskFile log;
  private int size;
  private long modifiedMillis;
  private final long begunMillis;
  private long maxTimestamp = UNKNOWN;
  private long maxTimestampOffset;
  private long firstTimestamp = UNKNOWN;
  private int bytesSinceIndexEntry;
  private int bytesSinceIndexWrite;
  private boolean indexesChecked;

  private static final long UNKNOWN = Long.MIN_VALUE;

  /** Sizes and time of a segment's files, as a directory listing gives them. */
  record Sizes(long log, long offsetIndex, long timeIndex, long modifiedMillis) {
    static Sizes empty(long nowMillis) {
      return new Sizes(0, 0, 0, nowMillis);
    }
  }

  Segment(
      FileSystem fileSystem, Path directory, long baseOffset, int indexIntervalBytes, Sizes sizes) {
    this(fileSystem, directory, baseOffset, indexIntervalBytes, sizes, "");
  }

  /** Of a segment that is to take the place of others: nothing lies in its files yet. */
  static Segment draft(
      FileSystem fileSystem, Path directory, long baseOffset, int indexIntervalBytes) {
    return new Segment(
        fileSystem, directory, baseOffset, indexIntervalBytes, Sizes.empty(0), LogFiles.CLEANED);
  }

  private Segment(
      FileSystem fileSystem,
      Path directory,
      long baseOffset,
      int indexIntervalBytes,
      Sizes sizes,
      String suffix) {
    this.fileSystem = fileSystem;
    this.baseOffset = baseOffset;
    this.indexIntervalBytes = indexIntervalBytes;
    this.path = LogFiles.of(directory, baseOffset, LogFiles.LOG + suffix);
    this.size = (int) Math.min(sizes.log(), Limits.SEGMENT_BYTES_MAX);
    this.modifiedMillis = sizes.modifiedMillis();
    this.begunMillis = sizes.modifiedMillis();
    this.offsetIndex =
        new OffsetIndex(
            fileSystem,
            LogFiles.of(directory, baseOffset, LogFiles.OFFSET_INDEX + suffix),
            baseOffset,
            sizes.offsetIndex());
    this.timeIndex =
        new TimeIndex(
            fileSystem,
            LogFiles.of(directory, baseOffset, LogFiles.TIME_INDEX + suffix),
            baseOffset,
            sizes.timeIndex());
    if (size == 0) {
      maxTimestamp = -1;
      indexesChecked = true;
    }
  }

  long baseOffset() {
    return baseOffset;
  }

  int size() {
    return size;
  }

  long modifiedMillis() {
    return modifiedMillis;
  }

  /** When it was begun; of one that was found there, when it had been written last. */
  long begunMillis() {
    return begunMillis;
  }

  VerifiedRanges verified() {
    return verified;
  }

  DiskFile log() {
    if (log == null) {
      log = fileSystem.open(path);
    }
    return log;
  }

  /** Creates the file of a new segment, empty; those of its indexes come with their entries. */
  void create() {
    log().truncate(0);
    offsetIndex.clear();
    timeIndex.clear();
  }

  /**
   * Writes batches at the end; on failure the file is cut back to where it ended.
   *
   * @param bytes how many there are in the buffers together
   */
  void write(ByteBuffer[] batches, int bytes) {
    try {
      log().write(batches, size);
    } catch (StorageFailure failure) {
      cutBack(failure);
      throw failure;
    }
    verified.add(size, size + bytes);
    size += bytes;
  }

  private void cutBack(StorageFailure failure) {
    try {
      log().truncate(size);
    } catch (StorageFailure second) {
      failure.addSuppressed(second);
    }
  }

  /**
   * Notes a batch that lies in the file, in order of offsets, and indexes it where due.
   *
   * @param batchMaxTimestamp of its records; -1 if it has none
   */
  void note(long lastOffset, int position, int batchSize, long batchMaxTimestamp) {
    if (position == 0) {
      firstTimestamp = batchMaxTimestamp < 0 ? UNKNOWN : batchMaxTimestamp;
    }
    if (batchMaxTimestamp > maxTimestamp) {
      maxTimestamp = batchMaxTimestamp;
      maxTimestampOffset = lastOffset;
    }
    if (bytesSinceIndexEntry > indexIntervalBytes) {
      indexTimestamp();
      offsetIndex.append(lastOffset, position);
      bytesSinceIndexEntry = 0;
    }
    bytesSinceIndexEntry += batchSize;
    bytesSinceIndexWrite += batchSize;
    if (bytesSinceIndexWrite > Limits.INDEX_WRITE_INTERVAL_BYTES) {
      writeIndexes();
    }
  }

  private void indexTimestamp() {
    if (maxTimestamp >= 0) {
      timeIndex.appendIfLarger(maxTimestamp, maxTimestampOffset);
    }
  }

  /** Times first: after a crash between the two, the scan finds what the offsets lack. */
  void writeIndexes() {
    timeIndex.writePending();
    offsetIndex.writePending();
    bytesSinceIndexWrite = 0;
  }

  /** Completes the indexes of a segment to which nothing more is written. */
  void seal() {
    if (maxTimestamp != UNKNOWN) {
      indexTimestamp();
    }
    writeIndexes();
    offsetIndex.releaseBuffers();
    timeIndex.releaseBuffers();
  }

  void touch(long nowMillis) {
    modifiedMillis = nowMillis;
  }

  /** Size of the larger index. */
  long indexBytes() {
    return Math.max(offsetIndex.sizeBytes(), timeIndex.sizeBytes());
  }

  boolean isIndexFull(int indexBytesMax) {
    return offsetIndex.sizeBytes() + OffsetIndex.ENTRY_SIZE > indexBytesMax
        || timeIndex.sizeBytes() + TimeIndex.ENTRY_SIZE > indexBytesMax;
  }

  /** Names the files that a flush must make durable; the indexes only if they are complete. */
  void collectFiles(boolean withIndexes, List<DiskFile> files) {
    files.add(log());
    if (withIndexes) {
      files.add(offsetIndex.file());
      files.add(timeIndex.file());
    }
  }

  /** Largest timestamp of the batches; -1 if none has one. */
  long maxTimestamp(BatchScanner scanner) {
    if (maxTimestamp == UNKNOWN) {
      checkIndexes(scanner);
    }
    if (maxTimestamp == UNKNOWN) {
      int last = timeIndex.count() - 1;
      maxTimestamp = last < 0 ? -1 : timeIndex.timestamp(last);
      maxTimestampOffset = last < 0 ? baseOffset : timeIndex.offset(last);
    }
    return maxTimestamp;
  }

  /** Last offset of the batch that has the {@link #maxTimestamp}. */
  long maxTimestampOffset() {
    return maxTimestampOffset;
  }

  /** Largest timestamp of the first batch; -1 if the segment is empty. */
  long firstTimestamp(BatchScanner scanner) {
    if (size == 0) {
      return -1;
    }
    if (firstTimestamp == UNKNOWN) {
      scanner.begin(log(), 0, size, baseOffset);
      firstTimestamp = scanner.next() ? scanner.maxTimestamp() : -1;
    }
    return firstTimestamp;
  }

  /**
   * Leaves the scanner at the first batch whose last offset is at or after an offset; false if
   * there is none.
   */
  boolean seek(long offset, BatchScanner scanner) {
    checkIndexes(scanner);
    if (!startAtIndexEntry(offset, scanner)) {
      rebuildIndexes(scanner);
      if (!startAtIndexEntry(offset, scanner)) {
        throw scanner.corrupt();
      }
    }
    return scanUntil(offset, scanner);
  }

  /** Begins a scan at the entry before an offset; false if the log contradicts the index. */
  private boolean startAtIndexEntry(long offset, BatchScanner scanner) {
    int entry = offsetIndex.floorOf(offset);
    if (entry < 0) {
      scanner.begin(log(), 0, size, baseOffset);
      return true;
    }
    long lastOffset = offsetIndex.offset(entry);
    int position = offsetIndex.position(entry);
    if (position < 0 || position >= size || lastOffset > offset) {
      return false;
    }
    scanner.begin(log(), position, size, baseOffset);
    boolean agrees = scanner.next() && scanner.lastOffset() == lastOffset;
    scanner.begin(log(), position, size, baseOffset);
    return agrees;
  }

  private static boolean scanUntil(long offset, BatchScanner scanner) {
    while (scanner.next()) {
      if (scanner.lastOffset() >= offset) {
        return true;
      }
    }
    if (scanner.isFaulty()) {
      throw scanner.corrupt();
    }
    return false;
  }

  private void checkIndexes(BatchScanner scanner) {
    if (indexesChecked) {
      return;
    }
    if (!looksSane(scanner)) {
      rebuildIndexes(scanner);
    }
    indexesChecked = true;
  }

  private boolean looksSane(BatchScanner scanner) {
    int last = offsetIndex.count() - 1;
    int lastTime = timeIndex.count() - 1;
    boolean timesLookSane =
        lastTime < 0 ? firstTimestamp(scanner) < 0 : timeIndex.offset(lastTime) >= baseOffset;
    if (last < 0) {
      return timesLookSane && size <= indexIntervalBytes;
    }
    return timesLookSane
        && offsetIndex.offset(last) >= baseOffset
        && offsetIndex.position(last) > 0
        && offsetIndex.position(last) < size;
  }

  /** Builds both indexes anew from the headers of the log, as far as those are sound. */
  void rebuildIndexes(BatchScanner scanner) {
    forgetIndexes();
    scanner.begin(log(), 0, size, baseOffset);
    while (scanner.next()) {
      note(scanner);
    }
    seal();
  }

  private void forgetIndexes() {
    offsetIndex.clear();
    timeIndex.clear();
    indexesChecked = true;
    maxTimestamp = -1;
    maxTimestampOffset = baseOffset;
    firstTimestamp = UNKNOWN;
    bytesSinceIndexEntry = 0;
  }

  private void note(BatchScanner scanner) {
    note(
        scanner.lastOffset(),
        (int) scanner.position(),
        scanner.size(),
        RecordBatch.newestTimestamp(scanner.header(), scanner.at()));
  }

  /** Is told of every batch that a recovery found to be sound. */
  interface BatchListener {
    void found(BatchScanner scanner);
  }

  /**
   * Checks every batch of the segment, rebuilds the indexes and cuts off what is not sound.
   *
   * @return the end offset, exclusive
   */
  long recoverWhole(BatchScanner scanner, BatchListener listener) {
    forgetIndexes();
    return recoverFrom(0, baseOffset, scanner, listener);
  }

  /**
   * Checks the batches from the last index entry on, and cuts off what is not sound.
   *
   * @return the end offset, exclusive
   */
  long recoverTail(BatchScanner scanner, BatchListener listener) {
    checkIndexes(scanner);
    int last = offsetIndex.count() - 1;
    if (last < 0 || !isSoundEntry(last, scanner)) {
      return recoverWhole(scanner, listener);
    }
    long lastOffset = offsetIndex.offset(last);
    int position = offsetIndex.position(last);
    timeIndex.truncateFrom(lastOffset + 1);
    int lastTime = timeIndex.count() - 1;
    maxTimestamp = lastTime < 0 ? -1 : timeIndex.timestamp(lastTime);
    maxTimestampOffset = lastTime < 0 ? baseOffset : timeIndex.offset(lastTime);
    bytesSinceIndexEntry = 0;
    return recoverFrom(position, lastOffset + 1, scanner, listener);
  }

  private boolean isSoundEntry(int entry, BatchScanner scanner) {
    return startAtIndexEntry(offsetIndex.offset(entry), scanner) && scanner.nextVerified();
  }

  private long recoverFrom(
      int position, long endOffset, BatchScanner scanner, BatchListener listener) {
    long recoveredEnd = endOffset;
    scanner.begin(log(), position, size, baseOffset);
    while (scanner.nextVerified()) {
      note(scanner);
      listener.found(scanner);
      recoveredEnd = scanner.lastOffset() + 1;
    }
    int end = (int) scanner.position();
    verified.add(position, end);
    if (end < size) {
      cut(end);
      offsetIndex.truncateFrom(recoveredEnd);
      timeIndex.truncateFrom(recoveredEnd);
    }
    writeIndexes();
    return recoveredEnd;
  }

  /** Durably, so that what was cut off cannot come back behind what is written next. */
  private void cut(int end) {
    log().truncate(end);
    log().force();
    verified.truncate(end);
    size = end;
  }

  /** What {@link #truncateTo} will return; changes nothing. */
  long endOnceTruncated(long offset, BatchScanner scanner) {
    return seek(offset, scanner) ? Math.min(offset, scanner.baseOffset()) : offset;
  }

  /**
   * Cuts off all batches that reach to or past an offset.
   *
   * @return the base offset of the first batch cut off, or the offset if none was
   */
  long truncateTo(long offset, BatchScanner scanner) {
    if (!seek(offset, scanner)) {
      return offset;
    }
    long end = Math.min(offset, scanner.baseOffset());
    int position = (int) scanner.position();
    cut(position);
    offsetIndex.truncateFrom(end);
    timeIndex.truncateFrom(end);
    recoverTail(scanner, found -> {});
    return end;
  }

  /**
   * The place in the segment's time order from which on a timestamp may be found: leaves the
   * scanner before the first batch that may hold a record at or after it.
   */
  void seekTimestamp(long timestamp, BatchScanner scanner) {
    checkIndexes(scanner);
    int entry = timeIndex.floor(timestamp);
    long from = entry < 0 ? baseOffset : timeIndex.offset(entry);
    if (!startAtIndexEntry(from, scanner)) {
      rebuildIndexes(scanner);
      startAtIndexEntry(baseOffset - 1, scanner);
    }
  }

  /** Renames the three files so that they count as deleted. */
  void markDeleted() {
    rename("", LogFiles.DELETED);
  }

  /**
   * Renames the three files: whatever stands in the place of the suffix that they have.
   *
   * @param suffix that they have; may be empty
   */
  void rename(String suffix, String nextSuffix) {
    Path to = renamed(path, suffix, nextSuffix);
    if (fileSystem.exists(path)) {
      fileSystem.rename(path, to);
    }
    path = to;
    for (EntryFile index : new EntryFile[] {offsetIndex, timeIndex}) {
      index.rename(renamed(index.path(), suffix, nextSuffix));
    }
  }

  private static Path renamed(Path path, String suffix, String nextSuffix) {
    String name = path.getFileName().toString();
    InvariantViolation.check(name.endsWith(suffix), "%s does not end with %s", name, suffix);
    return path.resolveSibling(name.substring(0, name.length() - suffix.length()) + nextSuffix);
  }

  /** Closes and deletes the files. */
  void delete() {
    close();
    fileSystem.delete(path);
    fileSystem.delete(offsetIndex.path());
    fileSystem.delete(timeIndex.path());
  }

  @Override
  public void close() {
    offsetIndex.close();
    timeIndex.close();
    if (log != null) {
      log.close();
      log = null;
    }
  }
}
