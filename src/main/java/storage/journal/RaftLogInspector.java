package storage.journal;

import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.ImageFile.Position;

/**
 * Looks at a voter's files before Raft opens them, cuts off what was torn, and refuses what is
 * corrupt or gone.
 *
 * <p>Raft itself would drop a damaged end of the log with a warning, take a shortened segment for a
 * short one, and stop on a torn write in space allocated ahead. Here neither is right: what was
 * acknowledged must never be dropped, and what was not must not keep a broker from starting.
 *
 * <p>May run only while the directory is locked: the log of a running voter looks torn.
 */
final class RaftLogInspector {
  private static final Logger log = LoggerFactory.getLogger(RaftLogInspector.class);

  private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_(\\d+)|(\\d+)-(\\d+))");

  private final Path directory;
  private final List<String> voters;
  private final long imageIndex;

  /**
   * A segment file.
   *
   * @param endIndex of the last entry, inclusive; -1 for the segment that is being written
   */
  private record Segment(Path file, long startIndex, long endIndex) {
    boolean isOpen() {
      return endIndex < 0;
    }
  }

  private RaftLogInspector(Path groupDirectory, List<String> voters, Optional<Position> image) {
    this.directory = groupDirectory.resolve("current");
    this.voters = voters;
    this.imageIndex = image.map(Position::index).orElse(-1L);
  }

  /**
   * @param image where the newest image ends
   * @throws JournalException.Corrupt if anything acknowledged may be lost
   */
  static void inspect(Path groupDirectory, List<String> voters, Optional<Position> image)
      throws IOException {
    RaftLogInspector inspector = new RaftLogInspector(groupDirectory, voters, image);
    if (Files.isDirectory(inspector.directory)) {
      inspector.run();
    } else if (image.isPresent()) {
      throw new JournalException.Corrupt(inspector.directory, "it is missing beside an image");
    }
  }

  private void run() throws IOException {
    List<Segment> segments = segments();
    long nextIndex = imageIndex + 1;
    long lastTerm = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boolean continues =
          i == 0 ? segment.startIndex() <= nextIndex : segment.startIndex() == nextIndex;
      if (!continues) {
        throw new JournalException.Corrupt(
            segment.file(), "the entries before index " + segment.startIndex() + " are missing");
      }
      SegmentScan scan = scan(segment);
      lastTerm = Math.max(lastTerm, scan.lastTerm());
      nextIndex = scan.isEmpty() ? segment.startIndex() : scan.lastIndex() + 1;
    }
    checkVote(lastTerm, !segments.isEmpty());
    checkNothingIsMissing(segments.isEmpty(), Math.max(nextIndex, imageIndex + 1));
  }

  private SegmentScan scan(Segment segment) throws IOException {
    SegmentScan scan = SegmentScan.of(segment.file(), segment.startIndex());
    if (scan.end() == SegmentScan.End.CORRUPT) {
      throw new JournalException.Corrupt(segment.file(), scan.problem());
    }
    if (!segment.isOpen() && scan.lastIndex() != segment.endIndex()) {
      throw new JournalException.Corrupt(
          segment.file(),
          "it ends at index " + scan.lastIndex() + " instead of " + segment.endIndex());
    }
    if (scan.end() == SegmentScan.End.TORN) {
      cut(segment.file(), scan);
    }
    return scan;
  }

  private static void cut(Path file, SegmentScan scan) throws IOException {
    log.warn(
        "the last write to {} did not complete ({}) and was never acknowledged; it is cut off",
        file,
        scan.problem());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(scan.validBytes());
      channel.force(true);
    }
  }

  /** The term and vote: two lines of text without a checksum, so they are checked for sense. */
  private void checkVote(long lastTerm, boolean hasLog) throws IOException {
    Path file = directory.resolve("raft-meta");
    if (!Files.exists(file)) {
      if (hasLog || imageIndex >= 0) {
        throw new JournalException.Corrupt(file, "it is missing");
      }
      return;
    }
    Properties vote = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      vote.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new JournalException.Corrupt(file, "it is unreadable: " + e.getMessage());
    }
    String term = vote.getProperty("term", "");
    if (!term.matches("\\d{1,18}") || Long.parseLong(term) < lastTerm) {
      throw new JournalException.Corrupt(
          file, "its term is '" + term + "' while the log has reached " + lastTerm);
    }
    String votedFor = vote.getProperty("votedFor");
    if (votedFor == null || !(votedFor.isEmpty() || isVoter(votedFor))) {
      throw new JournalException.Corrupt(file, "its vote is for '" + votedFor + "', no voter");
    }
  }

  private boolean isVoter(String votedFor) {
    return voters.contains(votedFor);
  }

  /** Raft keeps beside the log the last configuration applied; the log must reach that far. */
  private void checkNothingIsMissing(boolean noSegments, long nextIndex) throws IOException {
    Path file = directory.resolve("raft-meta.conf");
    if (Files.exists(file)) {
      long index = configurationIndex(file);
      if (index >= nextIndex) {
        throw new JournalException.Corrupt(
            directory, "entry " + index + " was applied, but the log ends before " + nextIndex);
      }
    }
    if (noSegments && imageIndex >= 0 && voters.size() == 1) {
      throw new JournalException.Corrupt(directory, "there is an image, but no log");
    }
  }

  private static long configurationIndex(Path file) throws IOException {
    try {
      LogEntryProto entry = LogEntryProto.parseFrom(Files.readAllBytes(file));
      if (entry.hasConfigurationEntry()) {
        return entry.getIndex();
      }
    } catch (InvalidProtocolBufferException e) {
      throw new JournalException.Corrupt(file, "it is unreadable: " + e.getMessage());
    }
    throw new JournalException.Corrupt(file, "it holds no configuration");
  }

  private List<Segment> segments() throws IOException {
    List<Segment> segments = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "log_*")) {
      for (Path file : files) {
        Matcher name = SEGMENT.matcher(file.getFileName().toString());
        if (!name.matches()) {
          throw new JournalException.Corrupt(file, "its name is not that of a log segment");
        }
        segments.add(
            name.group(1) != null
                ? new Segment(file, Long.parseLong(name.group(1)), -1)
                : new Segment(file, Long.parseLong(name.group(2)), Long.parseLong(name.group(3))));
      }
    }
    segments.sort(Comparator.comparingLong(Segment::startIndex));
    return segments;
  }
}
