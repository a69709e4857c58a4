package storage.journal;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import storage.journal.JournalCommand.CommandPart;

/**
 * A {@link JournalImage} as a file. In order: magic, version, the term and index of the last Raft
 * entry in it, the histories, the partial commands, and a CRC32C of all before it. It appears under
 * its name whole and synced, or not at all.
 */
final class ImageFile {
  private static final int MAGIC = 0x47524A49; // "GRJI"
  private static final int VERSION = 1;
  private static final int CRC_BYTES = Long.BYTES;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final String TEMPORARY_SUFFIX = ".tmp";

  private ImageFile() {}

  /** Position of the last Raft entry that an image contains. */
  record Position(long term, long index) {}

  /**
   * Writes the image, syncs it, then gives it its name; an earlier file of that name is replaced.
   */
  static void write(Path file, Position position, JournalImage image) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      CheckedOutputStream checked =
          new CheckedOutputStream(Channels.newOutputStream(channel), new CRC32C());
      DataOutputStream out = new DataOutputStream(new BufferedOutputStream(checked, BUFFER_BYTES));
      writeBody(out, position, image);
      out.flush();
      out.writeLong(checked.getChecksum().getValue());
      out.flush();
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file.toAbsolutePath().getParent());
  }

  /**
   * Reads and verifies an image.
   *
   * @param expected what the file's name says it holds
   * @throws JournalException.Corrupt if a byte of it is not as written
   */
  static JournalImage read(Path file, Position expected) throws IOException {
    verifyChecksum(file);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
      return readBody(in, expected);
    } catch (IOException e) {
      throw new JournalException.Corrupt(file, String.valueOf(e.getMessage()));
    }
  }

  /** Makes the names in a directory durable. */
  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void verifyChecksum(Path file) throws IOException {
    long bodyBytes = Files.size(file) - CRC_BYTES;
    if (bodyBytes <= 0) {
      throw new JournalException.Corrupt(file, "it is cut short");
    }
    try (InputStream raw = Files.newInputStream(file)) {
      CheckedInputStream checked =
          new CheckedInputStream(new BufferedInputStream(raw, BUFFER_BYTES), new CRC32C());
      checked.skipNBytes(bodyBytes);
      long calculated = checked.getChecksum().getValue();
      if (new DataInputStream(checked).readLong() != calculated) {
        throw new JournalException.Corrupt(file, "its checksum does not match");
      }
    }
  }

  private static void writeBody(DataOutputStream out, Position position, JournalImage image)
      throws IOException {
    out.writeInt(MAGIC);
    out.writeInt(VERSION);
    out.writeLong(position.term());
    out.writeLong(position.index());
    out.writeInt(image.histories.size());
    for (Map.Entry<String, History> history : image.histories.entrySet()) {
      Wire.writeName(out, history.getKey());
      writeHistory(out, history.getValue());
    }
    out.writeInt(image.partialCommands.size());
    for (Map.Entry<UUID, List<CommandPart>> parts : image.partialCommands.entrySet()) {
      out.writeInt(parts.getValue().size());
      for (CommandPart part : parts.getValue()) {
        Wire.writeBytes(out, CommandCodec.encode(part));
      }
    }
  }

  private static JournalImage readBody(DataInputStream in, Position expected) throws IOException {
    int magic = in.readInt();
    int version = in.readInt();
    if (magic != MAGIC || version != VERSION) {
      throw new IOException("it is no journal image of version " + VERSION);
    }
    Position position = new Position(in.readLong(), in.readLong());
    if (!position.equals(expected)) {
      throw new IOException("it holds " + position + " while its name says " + expected);
    }
    JournalImage image = new JournalImage();
    int histories = Wire.readCount(in, Integer.MAX_VALUE);
    for (int i = 0; i < histories; i++) {
      image.histories.put(Wire.readName(in), readHistory(in));
    }
    int partials = Wire.readCount(in, JournalLimits.PARTIAL_COMMANDS_MAX);
    for (int i = 0; i < partials; i++) {
      readPartialCommand(in, image);
    }
    return image;
  }

  private static void readPartialCommand(DataInputStream in, JournalImage image)
      throws IOException {
    int count = Wire.readCount(in, Integer.MAX_VALUE);
    List<CommandPart> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (!(CommandCodec.decode(Wire.readBytes(in)) instanceof CommandPart part)) {
        throw new IOException("a partial command holds something else than parts");
      }
      parts.add(part);
    }
    image.partialCommands.put(parts.get(0).commandId(), parts);
  }

  private static void writeHistory(DataOutputStream out, History history) throws IOException {
    Wire.writeName(out, history.writer);
    out.writeLong(history.lastAppendSequenceNr);
    out.writeLong(history.highestSequenceNr);
    out.writeInt(history.retiredWriters.size());
    for (String retired : history.retiredWriters) {
      Wire.writeName(out, retired);
    }
    out.writeInt(history.events.size());
    for (Map.Entry<Long, ByteString> event : history.events.entrySet()) {
      out.writeLong(event.getKey());
      Wire.writeBytes(out, event.getValue());
    }
    out.writeInt(history.snapshots.size());
    for (StoredSnapshot snapshot : history.snapshots.values()) {
      CommandCodec.writeSnapshot(out, snapshot);
    }
  }

  private static History readHistory(DataInputStream in) throws IOException {
    History history = new History();
    history.writer = Wire.readName(in);
    history.lastAppendSequenceNr = in.readLong();
    history.highestSequenceNr = in.readLong();
    int retired = Wire.readCount(in, JournalLimits.RETIRED_WRITERS_MAX);
    for (int i = 0; i < retired; i++) {
      history.retiredWriters.add(Wire.readName(in));
    }
    int events = Wire.readCount(in, Integer.MAX_VALUE);
    for (int i = 0; i < events; i++) {
      history.restoreEvent(in.readLong(), Wire.readBytes(in));
    }
    int snapshots = Wire.readCount(in, JournalLimits.SNAPSHOTS_KEPT_MAX);
    for (int i = 0; i < snapshots; i++) {
      history.save(CommandCodec.readSnapshot(in));
    }
    return history;
  }
}
