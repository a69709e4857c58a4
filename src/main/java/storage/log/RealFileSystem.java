package storage.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The machine's own file system. */
public final class RealFileSystem implements FileSystem {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  @Override
  public DiskFile open(Path path) {
    try {
      return new RealDiskFile(
          path,
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw new StorageFailure("open", path, e);
    }
  }

  @Override
  public List<Entry> list(Path directory) {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        describe(path).ifPresent(entries::add);
      }
    } catch (IOException e) {
      throw new StorageFailure("list", directory, e);
    }
    entries.sort(Comparator.comparing(Entry::name));
    return entries;
  }

  private static Optional<Entry> describe(Path path) throws IOException {
    try {
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      return Optional.of(
          new Entry(
              path.getFileName().toString(),
              attributes.isDirectory() ? 0 : attributes.size(),
              attributes.lastModifiedTime().toMillis(),
              attributes.isDirectory()));
    } catch (NoSuchFileException deletedMeanwhile) {
      return Optional.empty();
    }
  }

  @Override
  public void createDirectories(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageFailure("create directory", directory, e);
    }
  }

  @Override
  public void rename(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StorageFailure("rename", from, e);
    }
  }

  @Override
  public void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new StorageFailure("delete", path, e);
    }
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new StorageFailure("sync directory", directory, e);
    }
  }

  @Override
  public long usableBytes(Path path) {
    try {
      return Files.getFileStore(path).getUsableSpace();
    } catch (IOException e) {
      throw new StorageFailure("measure", path, e);
    }
  }

  @Override
  public long totalBytes(Path path) {
    try {
      return Files.getFileStore(path).getTotalSpace();
    } catch (IOException e) {
      throw new StorageFailure("measure", path, e);
    }
  }

  @Override
  @SuppressWarnings("resource") // the lock owns the channel
  public Optional<Lock> tryLock(Path path) {
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = lockOrNull(channel);
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(() -> closeQuietly(channel));
    } catch (IOException e) {
      throw new StorageFailure("lock", path, e);
    }
  }

  private static FileLock lockOrNull(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldByThisProcess) {
      return null;
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest; nothing hangs on the descriptor.
    }
  }

  @Override
  public Optional<String> bootId() {
    try {
      return Optional.of(Files.readString(BOOT_ID).strip());
    } catch (IOException notLinux) {
      return Optional.empty();
    }
  }
}
