package storage.log;

import java.nio.ByteBuffer;

/**
 * Bytes of a segment that hold batches one after the other; the last one may be cut. May be read
 * and transferred by any thread, until the log is closed.
 *
 * @param position of the first byte in the file
 * @param size in bytes; zero if there is nothing to read
 * @param firstOffset base offset of the first batch, which may be before the offset asked for; the
 *     offset asked for if the region is empty
 */
public record FetchRegion(DiskFile file, long position, int size, long firstOffset)
    implements ReadOutcome {

  public boolean isEmpty() {
    return size == 0;
  }

  /** Reads the region into a new buffer; shorter if the file was truncated meanwhile. */
  public ByteBuffer readFully() {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    file.read(bytes, position);
    return bytes.flip();
  }
}
