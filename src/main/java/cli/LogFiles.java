package cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which files {@code log dump} shows for the path that it is given. */
final class LogFiles {
  static final String LOG = ".log";
  static final String OFFSET_INDEX = ".index";
  static final String TIME_INDEX = ".timeindex";

  private LogFiles() {}

  /** The file itself, or the segments of a partition's directory in order of their offsets. */
  static List<Path> at(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (!Files.isDirectory(path)) {
      throw CommandFailure.notFound("there is no file or directory " + path);
    }
    List<Path> segments = list(path, LOG);
    if (segments.isEmpty()) {
      throw CommandFailure.notFound(path + " holds no segment (*.log)" + partitionsIn(path));
    }
    return segments;
  }

  private static String partitionsIn(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      List<String> names =
          children
              .filter(Files::isDirectory)
              .map(child -> child.getFileName().toString())
              .filter(name -> name.matches(".+-\\d+"))
              .sorted()
              .limit(20)
              .toList();
      return names.isEmpty() ? "" : "; partitions in it: " + String.join(", ", names);
    }
  }

  private static List<Path> list(Path directory, String ending) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
