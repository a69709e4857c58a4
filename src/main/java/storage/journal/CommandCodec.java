package storage.journal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.DeleteEvents;
import storage.journal.JournalCommand.DeleteSnapshots;
import storage.journal.JournalCommand.SaveSnapshot;
import storage.journal.SnapshotRange.Bounds;

/**
 * Commands as bytes of a Raft entry: one byte of version, one of kind, then the fields in order.
 * Integrity is the Raft log's business (CRC32C per entry).
 */
final class CommandCodec {
  private static final byte VERSION = 1;
  private static final byte APPEND_EVENTS = 1;
  private static final byte DELETE_EVENTS = 2;
  private static final byte SAVE_SNAPSHOT = 3;
  private static final byte DELETE_SNAPSHOTS = 4;
  private static final byte COMMAND_PART = 5;

  /** The least an event costs: its length. */
  private static final int EVENTS_MAX = JournalLimits.COMMAND_BYTES_MAX / Integer.BYTES;

  private CommandCodec() {}

  static ByteString encode(JournalCommand command) {
    ByteString.Output bytes = ByteString.newOutput();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      if (command instanceof AppendEvents append) {
        write(out, append);
      } else if (command instanceof DeleteEvents delete) {
        out.writeByte(DELETE_EVENTS);
        Wire.writeName(out, delete.persistenceId());
        out.writeLong(delete.toSequenceNr());
      } else if (command instanceof SaveSnapshot save) {
        out.writeByte(SAVE_SNAPSHOT);
        Wire.writeName(out, save.persistenceId());
        writeSnapshot(out, save.snapshot());
      } else if (command instanceof DeleteSnapshots delete) {
        write(out, delete);
      } else if (command instanceof CommandPart part) {
        write(out, part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return bytes.toByteString();
  }

  /** Throws {@link IOException} on bytes that no version of this class has written. */
  static JournalCommand decode(ByteString bytes) throws IOException {
    DataInputStream in = new DataInputStream(bytes.newInput());
    byte version = in.readByte();
    if (version != VERSION) {
      throw new IOException("journal command of version " + version + ", expected " + VERSION);
    }
    byte kind = in.readByte();
    JournalCommand command =
        switch (kind) {
          case APPEND_EVENTS -> readAppendEvents(in);
          case DELETE_EVENTS -> new DeleteEvents(Wire.readName(in), in.readLong());
          case SAVE_SNAPSHOT -> new SaveSnapshot(Wire.readName(in), readSnapshot(in));
          case DELETE_SNAPSHOTS -> readDeleteSnapshots(in);
          case COMMAND_PART -> readCommandPart(in);
          default -> throw new IOException("journal command of unknown kind " + kind);
        };
    if (in.read() != -1) {
      throw new IOException("bytes after a journal command of kind " + kind);
    }
    return command;
  }

  static void writeSnapshot(DataOutputStream out, StoredSnapshot snapshot) throws IOException {
    out.writeLong(snapshot.sequenceNr());
    out.writeLong(snapshot.timestampMillis());
    Wire.writeBytes(out, snapshot.bytes());
  }

  static StoredSnapshot readSnapshot(DataInputStream in) throws IOException {
    return new StoredSnapshot(in.readLong(), in.readLong(), Wire.readBytes(in));
  }

  private static void write(DataOutputStream out, AppendEvents append) throws IOException {
    out.writeByte(APPEND_EVENTS);
    Wire.writeName(out, append.persistenceId());
    Wire.writeName(out, append.writer());
    out.writeLong(append.firstSequenceNr());
    out.writeInt(append.events().size());
    for (ByteString event : append.events()) {
      Wire.writeBytes(out, event);
    }
  }

  private static AppendEvents readAppendEvents(DataInputStream in) throws IOException {
    String persistenceId = Wire.readName(in);
    String writer = Wire.readName(in);
    long firstSequenceNr = in.readLong();
    int count = Wire.readCount(in, EVENTS_MAX);
    List<ByteString> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(Wire.readBytes(in));
    }
    return new AppendEvents(persistenceId, writer, firstSequenceNr, events);
  }

  private static void write(DataOutputStream out, DeleteSnapshots delete) throws IOException {
    out.writeByte(DELETE_SNAPSHOTS);
    Wire.writeName(out, delete.persistenceId());
    out.writeLong(delete.range().sequenceNr().min());
    out.writeLong(delete.range().sequenceNr().max());
    out.writeLong(delete.range().timestampMillis().min());
    out.writeLong(delete.range().timestampMillis().max());
  }

  private static DeleteSnapshots readDeleteSnapshots(DataInputStream in) throws IOException {
    return new DeleteSnapshots(
        Wire.readName(in),
        new SnapshotRange(
            new Bounds(in.readLong(), in.readLong()), new Bounds(in.readLong(), in.readLong())));
  }

  private static void write(DataOutputStream out, CommandPart part) throws IOException {
    out.writeByte(COMMAND_PART);
    out.writeLong(part.commandId().getMostSignificantBits());
    out.writeLong(part.commandId().getLeastSignificantBits());
    out.writeInt(part.index());
    out.writeInt(part.count());
    Wire.writeBytes(out, part.bytes());
  }

  private static CommandPart readCommandPart(DataInputStream in) throws IOException {
    return new CommandPart(
        new UUID(in.readLong(), in.readLong()), in.readInt(), in.readInt(), Wire.readBytes(in));
  }
}
