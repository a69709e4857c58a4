package storage.journal;

import java.util.List;
import java.util.UUID;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** What can be asked of the replicated journal. Each is one Raft entry, or several parts of one. */
sealed interface JournalCommand {

  /** Carries itself out on the image; the same on every voter. */
  JournalReply applyTo(JournalImage image);

  /**
   * Appends events with consecutive sequence numbers, all of them or none, if the first one is next
   * and the writer has not been superseded.
   *
   * @param writer identity of one incarnation of the persistent actor
   * @param firstSequenceNr of the first event
   */
  record AppendEvents(
      String persistenceId, String writer, long firstSequenceNr, List<ByteString> events)
      implements JournalCommand {
    long lastSequenceNr() {
      return firstSequenceNr + events.size() - 1;
    }

    @Override
    public JournalReply applyTo(JournalImage image) {
      return image.on(this);
    }
  }

  /**
   * Deletes events; the highest sequence number stays.
   *
   * @param toSequenceNr the last one to delete, inclusive
   */
  record DeleteEvents(String persistenceId, long toSequenceNr) implements JournalCommand {
    @Override
    public JournalReply applyTo(JournalImage image) {
      return image.on(this);
    }
  }

  /** Saves an actor's snapshot; one of the same sequence number is replaced. */
  record SaveSnapshot(String persistenceId, StoredSnapshot snapshot) implements JournalCommand {
    @Override
    public JournalReply applyTo(JournalImage image) {
      return image.on(this);
    }
  }

  /** Deletes the actor's snapshots within the range. */
  record DeleteSnapshots(String persistenceId, SnapshotRange range) implements JournalCommand {
    @Override
    public JournalReply applyTo(JournalImage image) {
      return image.on(this);
    }
  }

  /**
   * A piece of a command too large for one Raft entry. Pieces come in order; the last one applies
   * the whole. A repeated first piece starts again.
   *
   * @param index of the piece, from 0
   * @param count of the pieces
   */
  record CommandPart(UUID commandId, int index, int count, ByteString bytes)
      implements JournalCommand {
    @Override
    public JournalReply applyTo(JournalImage image) {
      return image.on(this);
    }
  }
}
