package storage.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file with one offset for each partition of a directory: a line with the version (0), a line
 * with the count, then lines {@code <topic> <partition> <offset>}. A file that is missing or
 * damaged counts as empty; every reader of it has a conservative answer for a partition that is not
 * there.
 */
final class OffsetCheckpoint {
  private final FileSystem fileSystem;
  private final Path path;

  OffsetCheckpoint(FileSystem fileSystem, Path path) {
    this.fileSystem = fileSystem;
    this.path = path;
  }

  Map<PartitionName, Long> read() {
    return fileSystem
        .readSmall(path)
        .map(bytes -> parse(StandardCharsets.UTF_8.decode(bytes).toString()))
        .orElseGet(TreeMap::new);
  }

  void write(Map<PartitionName, Long> offsets) {
    StringBuilder text = new StringBuilder(32 * offsets.size() + 16);
    text.append("0\n").append(offsets.size()).append('\n');
    offsets.forEach(
        (partition, offset) ->
            text.append(partition.topic())
                .append(' ')
                .append(partition.partition())
                .append(' ')
                .append(offset)
                .append('\n'));
    fileSystem.writeSmallAtomically(
        path, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  static Map<PartitionName, Long> parse(String text) {
    Map<PartitionName, Long> offsets = new TreeMap<>();
    List<String> lines = text.lines().toList();
    try {
      if (lines.size() < 2
          || Integer.parseInt(lines.get(0)) != 0
          || Integer.parseInt(lines.get(1)) != lines.size() - 2) {
        return new TreeMap<>();
      }
      for (String line : lines.subList(2, lines.size())) {
        int second = line.lastIndexOf(' ');
        int first = line.lastIndexOf(' ', second - 1);
        long offset = Long.parseLong(line.substring(second + 1));
        if (first <= 0 || offset < 0) {
          return new TreeMap<>();
        }
        int partition = Integer.parseInt(line.substring(first + 1, second));
        offsets.put(new PartitionName(line.substring(0, first), partition), offset);
      }
      return offsets;
    } catch (NumberFormatException | IndexOutOfBoundsException damaged) {
      return new TreeMap<>();
    }
  }
}
