package actors.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import storage.log.DiskFile;
import storage.log.FileSystem;
import storage.log.RealFileSystem;
import storage.log.StorageFailure;

/**
 * The machine's own disk, except that writes and fsyncs of log files are counted, can be held up
 * and can fail, and that reads of them are counted. Safe for several threads.
 */
public final class WatchedDisk implements FileSystem {
  private static final int PATIENCE_SECONDS = 20;

  private final FileSystem real = new RealFileSystem();
  private final Gate writes = new Gate();
  private final Gate forces = new Gate();

  private final Map<String, Reads> reads = new ConcurrentHashMap<>();

  private volatile long usable = Long.MAX_VALUE;

  /**
   * What has been read of the log files of a partition.
   *
   * @param bytes of all reads together, those of the same bytes again too
   * @param end how far into a file they have gone, exclusive
   */
  public record Reads(long bytes, long end) {
    private static final Reads NONE = new Reads(0, 0);

    private Reads and(long position, int size) {
      return new Reads(bytes + size, Math.max(end, position + size));
    }
  }

  /**
   * @param partition as its directory is called
   */
  public Reads reads(String partition) {
    return reads.getOrDefault(partition, Reads.NONE);
  }

  /** Others have taken all but so many bytes, they say; writes go through all the same. */
  void pretendUsable(long bytes) {
    usable = bytes;
  }

  /** Where one kind of operation passes. */
  public static final class Gate {
    private final AtomicInteger count = new AtomicInteger();
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore open = new Semaphore(Integer.MAX_VALUE);
    private volatile Optional<String> failure = Optional.empty();

    /** Those who come from now on wait. */
    public void hold() {
      open.drainPermits();
      begun.drainPermits();
    }

    public void letGo() {
      open.drainPermits();
      open.release(Integer.MAX_VALUE);
    }

    /** Lets one of those who wait go on. */
    void letOneGo() {
      open.release();
    }

    /** Waits until somebody has come. */
    public void awaitOne() {
      try {
        if (!begun.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody came");
        }
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }

    /** Everybody fails from now on, with what the operating system says. */
    public void fail(String saying) {
      failure = Optional.of(saying);
    }

    public void recover() {
      failure = Optional.empty();
    }

    int count() {
      return count.get();
    }

    private void pass(String action, Path path) {
      count.incrementAndGet();
      begun.release();
      try {
        if (!open.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("the gate stayed closed");
        }
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
      if (failure.isPresent()) {
        throw new StorageFailure(action, path, new IOException(failure.get()));
      }
    }
  }

  public Gate writes() {
    return writes;
  }

  public Gate forces() {
    return forces;
  }

  @Override
  public DiskFile open(Path path) {
    DiskFile file = real.open(path);
    return path.toString().endsWith(".log") ? new WatchedFile(file) : file;
  }

  @Override
  public List<Entry> list(Path directory) {
    return real.list(directory);
  }

  @Override
  public void createDirectories(Path directory) {
    real.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) {
    real.rename(from, to);
  }

  @Override
  public void delete(Path path) {
    real.delete(path);
  }

  @Override
  public boolean exists(Path path) {
    return real.exists(path);
  }

  @Override
  public void syncDirectory(Path directory) {
    real.syncDirectory(directory);
  }

  @Override
  public long usableBytes(Path path) {
    return Math.min(usable, real.usableBytes(path));
  }

  @Override
  public long totalBytes(Path path) {
    return real.totalBytes(path);
  }

  @Override
  public Optional<Lock> tryLock(Path path) {
    return real.tryLock(path);
  }

  @Override
  public Optional<String> bootId() {
    return real.bootId();
  }

  private final class WatchedFile implements DiskFile {
    private final DiskFile file;

    WatchedFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public Path path() {
      return file.path();
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public int read(ByteBuffer target, long position) {
      int size = file.read(target, position);
      reads.compute(
          path().getParent().getFileName().toString(),
          (partition, before) -> (before == null ? Reads.NONE : before).and(position, size));
      return size;
    }

    @Override
    public void write(ByteBuffer[] buffers, long position) {
      writes.pass("write", path());
      file.write(buffers, position);
    }

    @Override
    public void truncate(long size) {
      file.truncate(size);
    }

    @Override
    public void force() {
      forces.pass("fsync", path());
      file.force();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return file.transferTo(position, count, target);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
