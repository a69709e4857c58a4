package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file of entries of one size whose keys rise: what both kinds of index are made of. New entries
 * wait in memory for one write; a search reads single entries until what is left fits a page.
 *
 * <p>The file is opened when it is first needed. For the log's owning thread only.
 */
abstract class EntryFile implements AutoCloseable {
  private static final int PAGE_ENTRIES = 256;

  private final FileSystem fileSystem;
  private final int entrySize;
  private Path path;
  private DiskFile file;
  private boolean mayHoldBytes;
  private int written;
  private ByteBuffer pending;
  private ByteBuffer page;

  /**
   * @param fileSize of the existing file, or zero
   */
  EntryFile(FileSystem fileSystem, Path path, int entrySize, long fileSize) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.entrySize = entrySize;
    this.mayHoldBytes = fileSize > 0;
    this.written = (int) Math.min(fileSize / entrySize, Integer.MAX_VALUE / entrySize);
  }

  /** The value that rises from entry to entry, given the entry's place in a buffer. */
  abstract long keyAt(ByteBuffer entries, int at);

  final int count() {
    return written + pendingCount();
  }

  private int pendingCount() {
    return pending == null ? 0 : pending.position() / entrySize;
  }

  final long sizeBytes() {
    return (long) count() * entrySize;
  }

  /** A place for one more entry; the caller puts all of its bytes. */
  final ByteBuffer grow() {
    if (pending == null) {
      pending = ByteBuffer.allocate(Limits.PENDING_INDEX_ENTRIES * entrySize);
    }
    if (!pending.hasRemaining()) {
      writePending();
    }
    return pending;
  }

  /** Hands the waiting entries to the file. */
  final void writePending() {
    int count = pendingCount();
    if (count > 0) {
      ByteBuffer waiting = pending.duplicate().flip();
      file().write(new ByteBuffer[] {waiting}, (long) written * entrySize);
      pending.clear();
      written += count;
    }
  }

  /** Reads one entry into a small buffer, and returns it; the entry is at its position zero. */
  final ByteBuffer read(int index) {
    InvariantViolation.check(
        index >= 0 && index < count(), "entry %d of an index of %d", index, count());
    ByteBuffer into = page();
    if (index >= written) {
      into.clear();
      into.put(0, pending, (index - written) * entrySize, entrySize);
    } else {
      readPage(index, 1);
    }
    return into;
  }

  private void readPage(int from, int count) {
    ByteBuffer into = page();
    into.clear().limit(count * entrySize);
    int read = file().read(into, (long) from * entrySize);
    if (read < count * entrySize) {
      throw new CorruptLog(path, (long) from * entrySize, "the index is shorter than it was");
    }
  }

  private ByteBuffer page() {
    if (page == null) {
      page = ByteBuffer.allocate(PAGE_ENTRIES * entrySize);
    }
    return page;
  }

  /** Index of the last entry whose key is at most this; -1 if there is none. */
  final int floor(long key) {
    int low = 0;
    int high = count();
    while (high - low > 1 && !(low < written && high <= written && high - low <= PAGE_ENTRIES)) {
      int middle = (low + high) >>> 1;
      if (keyAt(read(middle), 0) <= key) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low == high ? -1 : floorWithin(low, high, key);
  }

  private int floorWithin(int low, int high, long key) {
    if (low < written) {
      readPage(low, high - low);
    } else {
      read(low);
    }
    int from = 0;
    int to = high - low;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (keyAt(page, middle * entrySize) <= key) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return low + from - 1;
  }

  /** Keeps only the first entries. */
  final void truncate(int count) {
    if (count >= count()) {
      return;
    }
    writePending();
    file().truncate((long) count * entrySize);
    written = count;
  }

  final DiskFile file() {
    DiskFile opened = file;
    if (opened == null) {
      opened = fileSystem.open(path);
      file = opened;
      mayHoldBytes = true;
    }
    return opened;
  }

  final Path path() {
    return path;
  }

  final void rename(Path to) {
    if (fileSystem.exists(path)) {
      fileSystem.rename(path, to);
    }
    path = to;
  }

  /**
   * Drops all entries, and whatever else the file holds. One that is not there yet stays so: most
   * new segments are of partitions that are only just made, and nobody may ever write to them.
   */
  void clear() {
    pending = null;
    if (mayHoldBytes) {
      file().truncate(0);
    }
    written = 0;
  }

  /** Gives back memory; what waits must have been written. */
  final void releaseBuffers() {
    InvariantViolation.check(pendingCount() == 0, "entries of %s are not written", path);
    pending = null;
    page = null;
  }

  /** Closes the file, not writing what waits; it is opened again when needed. */
  @Override
  public final void close() {
    pending = null;
    page = null;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
