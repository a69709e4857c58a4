package storage.journal;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.server.storage.RaftStorageDirectory;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;
import storage.journal.ImageFile.Position;

/**
 * The image files of one voter: {@code image.<term>_<index>} in the state machine directory. Only
 * the newest counts, and it must be readable: an older one would be a step back behind what the
 * purged log has acknowledged.
 */
final class ImageStorage implements StateMachineStorage {
  private static final Pattern NAME = Pattern.compile("image\\.(\\d+)_(\\d+)");

  private final Path directory;

  /** Raft asks at each heartbeat; null when not known. */
  private volatile Position newest;

  /**
   * @param groupDirectory of the Raft group; need not exist
   */
  ImageStorage(Path groupDirectory) {
    this.directory = groupDirectory.resolve(RaftStorageDirectory.STATE_MACHINE_DIR_NAME);
  }

  /** Looks where the newest image ends; empty when there is none. */
  Optional<Position> find() {
    NavigableMap<Position, Path> images = images();
    newest = images.isEmpty() ? null : images.lastKey();
    return Optional.ofNullable(newest);
  }

  /** The file of the image that ends there. */
  Path file(Position position) {
    return directory.resolve("image." + position.term() + "_" + position.index());
  }

  /** Reads and verifies the image that ends there. */
  JournalImage read(Position position) throws IOException {
    return ImageFile.read(file(position), position);
  }

  /** Writes an image durably. Older ones are deleted later, by {@link #cleanupOldSnapshots}. */
  void write(Position position, JournalImage image) throws IOException {
    ImageFile.write(file(position), position, image);
    newest = position;
  }

  /** Makes durable an image that came from another voter. */
  void sync(Position position) throws IOException {
    try (FileChannel channel = FileChannel.open(file(position), StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    ImageFile.syncDirectory(directory);
    ImageFile.syncDirectory(directory.getParent());
  }

  @Override
  public void init(RaftStorage raftStorage) {}

  @Override
  public void format() {}

  @Override
  public SnapshotInfo getLatestSnapshot() {
    Position position = newest;
    return position == null ? null : new Info(position, file(position));
  }

  @Override
  public void cleanupOldSnapshots(SnapshotRetentionPolicy policy) throws IOException {
    Position kept = newest;
    if (kept == null) {
      return;
    }
    // also what a crash, or the copying of an image from another voter, left behind
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "image.*")) {
      for (Path file : files) {
        if (!file.equals(file(kept))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  @Override
  public File getSnapshotDir() {
    return directory.toFile();
  }

  private NavigableMap<Position, Path> images() {
    NavigableMap<Position, Path> images =
        new TreeMap<>(Comparator.comparingLong(Position::index).thenComparingLong(Position::term));
    if (!Files.isDirectory(directory)) {
      return images;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          images.put(
              new Position(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))), file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    return images;
  }

  /** What Raft needs to send an image to another voter; the digest is made only then. */
  private record Info(Position position, Path file) implements SnapshotInfo {
    @Override
    public TermIndex getTermIndex() {
      return TermIndex.valueOf(position.term(), position.index());
    }

    @Override
    public List<FileInfo> getFiles() {
      return List.of(new FileInfo(file, digest()));
    }

    private MD5Hash digest() {
      try {
        return MD5FileUtil.computeMd5ForFile(file.toFile());
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
  }
}
