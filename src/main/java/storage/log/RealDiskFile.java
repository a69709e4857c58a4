package storage.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A file of the machine's own file system. */
final class RealDiskFile implements DiskFile {
  private final Path path;
  private final FileChannel channel;

  RealDiskFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public long size() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw new StorageFailure("measure", path, e);
    }
  }

  @Override
  public int read(ByteBuffer target, long position) {
    try {
      int total = 0;
      while (target.hasRemaining()) {
        int read = channel.read(target, position + total);
        if (read < 0) {
          break;
        }
        total += read;
      }
      return total;
    } catch (IOException e) {
      throw new StorageFailure("read", path, e);
    }
  }

  @Override
  public void write(ByteBuffer[] buffers, long position) {
    try {
      // Only the channel's own position allows a gathering write; nobody else uses it.
      channel.position(position);
      int first = 0;
      while (first < buffers.length) {
        channel.write(buffers, first, buffers.length - first);
        while (first < buffers.length && !buffers[first].hasRemaining()) {
          first++;
        }
      }
    } catch (IOException e) {
      throw new StorageFailure("write", path, e);
    }
  }

  @Override
  public void truncate(long size) {
    try {
      channel.truncate(size);
    } catch (IOException e) {
      throw new StorageFailure("truncate", path, e);
    }
  }

  @Override
  public void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new StorageFailure("fsync", path, e);
    }
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return channel.transferTo(position, count, target);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageFailure("close", path, e);
    }
  }
}
