package storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * An open file. One thread writes, truncates and closes; any thread may read, transfer and force.
 * All methods but {@link #transferTo} throw {@link StorageFailure} if the disk does not do it.
 */
public interface DiskFile extends AutoCloseable {

  /** The name under which the file was opened; it may have been renamed since. */
  Path path();

  long size();

  /** Reads until the buffer is full or the file ends; returns how many bytes were read. */
  int read(ByteBuffer target, long position);

  /** Writes all buffers one after the other; on failure an unknown part is written. */
  void write(ByteBuffer[] buffers, long position);

  void truncate(long size);

  /** Makes everything that was written before durable. */
  void force();

  /**
   * Sends bytes to a socket without passing them through the heap.
   *
   * @return how many bytes were sent, possibly fewer than asked for
   * @throws IOException if either side fails; nothing follows from it for the disk's health
   */
  long transferTo(long position, long count, WritableByteChannel target) throws IOException;

  @Override
  void close();
}
