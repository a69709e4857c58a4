package actors.broker;

import actors.BrokerEpoch;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.FileSystem;
import storage.log.LogDirectory;
import storage.log.StorageFailure;

/**
 * The broker epoch under which the logs of a data directory were last written: {@code
 * .granary-epoch} beside them, two lines, the epoch and the directory's own id. A broker that
 * registers anew names it if the logs are whole: it was stopped cleanly, or only its process died.
 */
final class EpochFile {
  private static final Logger LOG = LoggerFactory.getLogger(EpochFile.class);
  private static final String NAME = ".granary-epoch";

  private final FileSystem fileSystem;
  private final Path path;
  private final String directoryId;
  private Optional<BrokerEpoch> whole;

  private EpochFile(
      FileSystem fileSystem, Path path, String directoryId, Optional<BrokerEpoch> whole) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.directoryId = directoryId;
    this.whole = whole;
  }

  /**
   * Of a directory that has just been opened. Where data may be lost, the epoch goes at once: this
   * process may end before it registers, and the next one finds nothing wrong with how it ended.
   *
   * @throws StorageFailure if the disk refuses
   */
  static EpochFile of(FileSystem fileSystem, LogDirectory directory) {
    Path path = directory.root().resolve(NAME);
    String directoryId = directory.identity().directoryId();
    if (directory.previousStop().mayHaveLostData()) {
      if (fileSystem.exists(path)) {
        fileSystem.delete(path);
        fileSystem.syncDirectory(directory.root());
      }
      return new EpochFile(fileSystem, path, directoryId, Optional.empty());
    }
    Optional<BrokerEpoch> whole =
        fileSystem
            .readSmall(path)
            .flatMap(bytes -> parse(StandardCharsets.UTF_8.decode(bytes).toString(), directoryId));
    return new EpochFile(fileSystem, path, directoryId, whole);
  }

  /** Empty where the text is damaged, or of another directory: then nothing is vouched for. */
  static Optional<BrokerEpoch> parse(String text, String directoryId) {
    List<String> lines = text.lines().toList();
    boolean isOurs =
        lines.size() == 2
            && lines.get(0).matches("[0-9]{1,18}")
            && lines.get(1).equals(directoryId);
    return isOurs ? Optional.of(new BrokerEpoch(Long.parseLong(lines.get(0)))) : Optional.empty();
  }

  /** The epoch of the life before this one, if the logs are what they were at its end. */
  synchronized Optional<BrokerEpoch> whole() {
    return whole;
  }

  /** To be called before anything is written to a log under the epoch. */
  synchronized void registered(BrokerEpoch epoch) {
    try {
      String text = epoch.value() + "\n" + directoryId + "\n";
      fileSystem.writeSmallAtomically(path, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
      whole = Optional.of(epoch);
    } catch (StorageFailure failure) {
      // the older epoch in the file is not the one registered, so that it vouches for nothing
      whole = Optional.empty();
      LOG.error("the broker epoch could not be noted; the next start counts as unclean", failure);
    }
  }
}
