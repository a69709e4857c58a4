package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Says where in a segment some of its batches lie. An entry has 8 bytes: a batch's last offset
 * relative to the segment's base offset (int32), and the batch's position (int32).
 */
final class OffsetIndex extends EntryFile {
  static final int ENTRY_SIZE = 8;

  private final long baseOffset;

  OffsetIndex(FileSystem fileSystem, Path path, long baseOffset, long fileSize) {
    super(fileSystem, path, ENTRY_SIZE, fileSize);
    this.baseOffset = baseOffset;
  }

  @Override
  long keyAt(ByteBuffer entries, int at) {
    return entries.getInt(at);
  }

  void append(long lastOffset, int position) {
    grow().putInt((int) (lastOffset - baseOffset)).putInt(position);
  }

  /** Index of the last entry that is not after an offset; -1 if there is none. */
  int floorOf(long offset) {
    return floor(Math.min(offset - baseOffset, Integer.MAX_VALUE));
  }

  long offset(int index) {
    return baseOffset + read(index).getInt(0);
  }

  int position(int index) {
    return read(index).getInt(Integer.BYTES);
  }

  /** Drops the entries at and after an offset. */
  void truncateFrom(long offset) {
    truncate(floorOf(offset - 1) + 1);
  }
}
