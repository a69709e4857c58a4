package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Says up to which offset a segment holds no timestamp larger than some. An entry has 12 bytes: the
 * largest timestamp so far (int64), and the last offset of the batch that has it, relative to the
 * segment's base offset (int32). Both rise strictly.
 */
final class TimeIndex extends EntryFile {
  static final int ENTRY_SIZE = 12;

  private final long baseOffset;
  private long lastTimestamp = Long.MIN_VALUE;

  TimeIndex(FileSystem fileSystem, Path path, long baseOffset, long fileSize) {
    super(fileSystem, path, ENTRY_SIZE, fileSize);
    this.baseOffset = baseOffset;
  }

  @Override
  long keyAt(ByteBuffer entries, int at) {
    return entries.getLong(at);
  }

  /** Appends unless the timestamp is not larger than the last entry's. */
  void appendIfLarger(long timestamp, long lastOffset) {
    if (lastTimestamp == Long.MIN_VALUE && count() > 0) {
      lastTimestamp = timestamp(count() - 1);
    }
    if (timestamp > lastTimestamp) {
      grow().putLong(timestamp).putInt((int) (lastOffset - baseOffset));
      lastTimestamp = timestamp;
    }
  }

  long timestamp(int index) {
    return read(index).getLong(0);
  }

  long offset(int index) {
    return baseOffset + read(index).getInt(Long.BYTES);
  }

  @Override
  void clear() {
    super.clear();
    lastTimestamp = Long.MIN_VALUE;
  }

  /** Drops the entries at and after an offset. */
  void truncateFrom(long offset) {
    int keep = count();
    while (keep > 0 && offset(keep - 1) >= offset) {
      keep--;
    }
    truncate(keep);
    lastTimestamp = Long.MIN_VALUE;
  }
}
