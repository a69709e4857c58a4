package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The port through which this package reaches disks. Every method throws {@link StorageFailure} if
 * the disk does not do it. Safe for use by several threads.
 */
public interface FileSystem {

  /**
   * What a directory holds.
   *
   * @param size in bytes; zero for a directory
   */
  record Entry(String name, long size, long modifiedMillis, boolean isDirectory) {}

  /** Held until closed, or until the process ends. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /** Opens a file for reading and writing, creating it if it is absent. */
  DiskFile open(Path path);

  /** What is in a directory, by name in ascending order. */
  List<Entry> list(Path directory);

  void createDirectories(Path directory);

  /** Renames atomically, replacing what has the new name. */
  void rename(Path from, Path to);

  /** Deletes a file or an empty directory if it exists. */
  void delete(Path path);

  boolean exists(Path path);

  /** Makes the directory's entries (created, renamed, deleted names) durable. */
  void syncDirectory(Path directory);

  /** Bytes that may still be written to the disk that holds the path. */
  long usableBytes(Path path);

  /** Size of the disk that holds the path, in bytes. */
  long totalBytes(Path path);

  /** Locks a file against other processes; empty if another one holds it. */
  Optional<Lock> tryLock(Path path);

  /** Names the time since the machine was started; empty if the machine does not tell. */
  Optional<String> bootId();

  /**
   * The whole content of a small file; empty if it is absent.
   *
   * @throws StorageFailure also if the file is larger than {@link Limits#SMALL_FILE_BYTES_MAX}
   */
  default Optional<ByteBuffer> readSmall(Path path) {
    if (!exists(path)) {
      return Optional.empty();
    }
    try (DiskFile file = open(path)) {
      long size = file.size();
      if (size > Limits.SMALL_FILE_BYTES_MAX) {
        throw new StorageFailure("the file " + path + " has " + size + " bytes, too many", path);
      }
      ByteBuffer content = ByteBuffer.allocate((int) size);
      file.read(content, 0);
      return Optional.of(content.flip());
    }
  }

  /** Replaces a file's content so that after a crash it is the old or the new one, durably. */
  default void writeSmallAtomically(Path path, ByteBuffer content) {
    writeSmall(path, content, true);
    syncDirectory(parentOf(path));
  }

  /** Replaces a file's content; after a crash of the machine it may be empty or garbage. */
  default void writeSmallLazily(Path path, ByteBuffer content) {
    writeSmall(path, content, false);
  }

  private void writeSmall(Path path, ByteBuffer content, boolean force) {
    Path draft = path.resolveSibling(path.getFileName() + ".tmp");
    try (DiskFile file = open(draft)) {
      file.truncate(0);
      file.write(new ByteBuffer[] {content.duplicate()}, 0);
      if (force) {
        file.force();
      }
    }
    rename(draft, path);
  }

  private static Path parentOf(Path path) {
    return path.toAbsolutePath().getParent();
  }
}
