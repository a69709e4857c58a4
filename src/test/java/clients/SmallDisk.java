package clients;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file system of its own, in memory, that can be filled; only root can have one, on Linux. */
final class SmallDisk implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 << 10;

  private final Path directory;
  private final Path filler;

  private SmallDisk(Path directory) {
    this.directory = directory;
    this.filler = directory.resolve("filler");
  }

  /**
   * @param directory to mount it on; made if it is not there
   * @return empty where this user or system cannot
   */
  static Optional<SmallDisk> mount(Path directory, int megabytes) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!Files.isExecutable(Path.of("/bin/mount"))) {
      return Optional.empty();
    }
    ChildProcess.Finished mounted =
        ChildProcess.run(
            List.of(
                "/bin/mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + megabytes + "m",
                "tmpfs",
                directory.toString()));
    return mounted.exitCode() == 0 ? Optional.of(new SmallDisk(directory)) : Optional.empty();
  }

  Path directory() {
    return directory;
  }

  /** Leaves no room for another byte. */
  void fill() {
    byte[] chunk = new byte[CHUNK_BYTES];
    for (int size = CHUNK_BYTES; size >= 1; size /= 16) {
      append(chunk, size);
    }
  }

  /** Appends as often as there is room. */
  private void append(byte[] chunk, int size) {
    try (OutputStream out =
        Files.newOutputStream(
            filler,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.APPEND)) {
      while (true) {
        out.write(chunk, 0, size);
      }
    } catch (IOException full) {
      // That is what was wanted.
    }
  }

  /** Gives the room back. */
  void free() {
    try {
      Files.deleteIfExists(filler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    ChildProcess.run(List.of("/bin/umount", directory.toString())).succeeded();
  }
}
