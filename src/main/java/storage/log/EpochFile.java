package storage.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The leader-epoch-checkpoint file of a log. There is none before the first leader; one that is
 * missing or damaged is rebuilt from the batches, each of which names its epoch.
 */
final class EpochFile {
  private final FileSystem fileSystem;
  private final Path path;

  EpochFile(FileSystem fileSystem, Path directory) {
    this.fileSystem = fileSystem;
    this.path = directory.resolve(LogFiles.EPOCHS);
  }

  /** Empty if the file is missing or corrupt. */
  Optional<EpochHistory> read() {
    return fileSystem
        .readSmall(path)
        .flatMap(bytes -> EpochHistory.fromText(StandardCharsets.UTF_8.decode(bytes).toString()));
  }

  void write(EpochHistory history) {
    fileSystem.writeSmallAtomically(path, bytes(history));
  }

  /**
   * Without waiting for the disk: through a crash of the process it is there, after one of the
   * machine only once it was {@link #force forced} and its directory synced.
   */
  void writeLazily(EpochHistory history) {
    fileSystem.writeSmallLazily(path, bytes(history));
  }

  /** Any thread. */
  void force() {
    try (DiskFile file = fileSystem.open(path)) {
      file.force();
    }
  }

  private static ByteBuffer bytes(EpochHistory history) {
    return ByteBuffer.wrap(history.toText().getBytes(StandardCharsets.UTF_8));
  }

  /** Collects the history from the batches of the log, as far as those are sound. */
  static EpochHistory rebuild(SegmentList segments, BatchScanner scanner) {
    EpochHistory history = EpochHistory.EMPTY;
    for (Segment segment : segments.all()) {
      scanner.begin(segment.log(), 0, segment.size(), segment.baseOffset());
      while (scanner.next()) {
        history = extend(history, scanner.leaderEpoch(), scanner.baseOffset());
      }
    }
    return history;
  }

  /** The history with a batch's epoch, if that is a later one. */
  static EpochHistory extend(EpochHistory history, int epoch, long baseOffset) {
    return epoch > history.latestEpoch().orElse(-1) ? history.assign(epoch, baseOffset) : history;
  }
}
