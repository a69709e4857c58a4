package streams;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that nobody needs once the broker in it is closed. */
record TemporaryDirectory(Path path) {
  static TemporaryDirectory create() {
    try {
      return new TemporaryDirectory(Files.createTempDirectory("granary-"));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no temporary directory can be made in "
              + System.getProperty("java.io.tmpdir")
              + "; give the broker a data directory, or the JVM another java.io.tmpdir",
          e);
    }
  }

  /** With all that is in it; it may be gone already. */
  void delete() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the temporary directory " + path + " stays behind", e);
    }
  }
}
