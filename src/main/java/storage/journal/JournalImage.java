package storage.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.DeleteEvents;
import storage.journal.JournalCommand.DeleteSnapshots;
import storage.journal.JournalCommand.SaveSnapshot;

/**
 * The state that the Raft log adds up to: every history by persistence id. Deterministic: no clock,
 * thread, file or random number; the same commands in the same order make the same image on every
 * voter. Not thread-safe; {@link JournalStateMachine} guards it.
 */
final class JournalImage {
  final TreeMap<String, History> histories = new TreeMap<>();

  /** Commands that have not arrived whole, oldest first. */
  final LinkedHashMap<UUID, List<CommandPart>> partialCommands = new LinkedHashMap<>();

  JournalReply apply(JournalCommand command) {
    return command.applyTo(this);
  }

  JournalReply on(AppendEvents append) {
    return history(append.persistenceId()).append(append);
  }

  JournalReply on(DeleteEvents delete) {
    History history = history(delete.persistenceId());
    history.deleteEvents(delete.toSequenceNr());
    return JournalReply.done(history.highestSequenceNr);
  }

  JournalReply on(SaveSnapshot save) {
    History history = history(save.persistenceId());
    history.save(save.snapshot());
    return JournalReply.done(history.highestSequenceNr);
  }

  JournalReply on(DeleteSnapshots delete) {
    History history = history(delete.persistenceId());
    history.deleteSnapshots(delete.range());
    return JournalReply.done(history.highestSequenceNr);
  }

  JournalReply on(CommandPart part) {
    List<CommandPart> parts = partialCommands.remove(part.commandId());
    if (part.index() == 0) {
      parts = new ArrayList<>();
    }
    if (parts == null || parts.size() != part.index()) {
      return new JournalReply(JournalReply.Status.PARTS_MISSING, 0);
    }
    parts.add(part);
    if (parts.size() == part.count()) {
      return apply(assemble(parts));
    }
    // put last: the oldest is the one that has waited longest for its next part
    partialCommands.put(part.commandId(), parts);
    if (partialCommands.size() > JournalLimits.PARTIAL_COMMANDS_MAX) {
      partialCommands.remove(partialCommands.keySet().iterator().next());
    }
    return JournalReply.done(0);
  }

  private static JournalCommand assemble(List<CommandPart> parts) {
    ByteString bytes = ByteString.EMPTY;
    for (CommandPart part : parts) {
      bytes = bytes.concat(part.bytes());
    }
    try {
      return CommandCodec.decode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a command in " + parts.size() + " parts is unreadable", e);
    }
  }

  /** The history of a persistence id; made when first asked for. */
  History history(String persistenceId) {
    return histories.computeIfAbsent(persistenceId, id -> new History());
  }

  /** Bytes of events and snapshots held. */
  long bytes() {
    long sum = 0;
    for (Map.Entry<String, History> history : histories.entrySet()) {
      sum += history.getValue().bytes();
    }
    return sum;
  }
}
