package storage.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import storage.journal.JournalCommand.AppendEvents;

/**
 * Everything the journal holds of one persistence id: its events, its snapshots and who may append.
 *
 * <p>The writer rule. A writer is one incarnation of the persistent actor. An append is applied if
 * it starts right after the highest sequence number and its writer has never been refused nor
 * superseded. So of two incarnations that recovered the same history the first to append wins, and
 * the loser can never append again, even if its next number happens to fit.
 */
final class History {
  final TreeMap<Long, ByteString> events = new TreeMap<>();
  final TreeMap<Long, StoredSnapshot> snapshots = new TreeMap<>();

  /** Superseded and refused writers, oldest first. */
  final LinkedHashSet<String> retiredWriters = new LinkedHashSet<>();

  /** Who appended last; empty before the first append. */
  String writer = "";

  /** Where that last append began: the key by which its repetition is recognized. */
  long lastAppendSequenceNr;

  /** Of the last event ever appended, deleted or not; 0 before the first. */
  long highestSequenceNr;

  private long bytes;

  JournalReply append(AppendEvents append) {
    if (isRepetition(append)) {
      return JournalReply.done(highestSequenceNr);
    }
    boolean isNext =
        append.firstSequenceNr() == highestSequenceNr + 1 && !append.events().isEmpty();
    if (!isNext || retiredWriters.contains(append.writer())) {
      if (!append.writer().equals(writer)) {
        retire(append.writer());
      }
      return new JournalReply(JournalReply.Status.STALE_WRITER, highestSequenceNr);
    }
    if (!writer.isEmpty() && !append.writer().equals(writer)) {
      retire(writer);
    }
    writer = append.writer();
    lastAppendSequenceNr = append.firstSequenceNr();
    append.events().forEach(this::addEvent);
    return JournalReply.done(highestSequenceNr);
  }

  /** The same append again, because its answer was lost on the way. */
  private boolean isRepetition(AppendEvents append) {
    return append.writer().equals(writer)
        && append.firstSequenceNr() == lastAppendSequenceNr
        && append.lastSequenceNr() == highestSequenceNr;
  }

  private void addEvent(ByteString event) {
    highestSequenceNr++;
    events.put(highestSequenceNr, event);
    bytes += event.size();
  }

  private void retire(String retired) {
    retiredWriters.remove(retired);
    retiredWriters.add(retired);
    if (retiredWriters.size() > JournalLimits.RETIRED_WRITERS_MAX) {
      retiredWriters.remove(retiredWriters.iterator().next());
    }
  }

  /**
   * @param toSequenceNr inclusive
   */
  void deleteEvents(long toSequenceNr) {
    drop(events.headMap(toSequenceNr, true).values());
  }

  void save(StoredSnapshot snapshot) {
    StoredSnapshot replaced = snapshots.put(snapshot.sequenceNr(), snapshot);
    bytes += snapshot.bytes().size() - (replaced == null ? 0 : replaced.bytes().size());
    while (snapshots.size() > JournalLimits.SNAPSHOTS_KEPT_MAX) {
      bytes -= snapshots.pollFirstEntry().getValue().bytes().size();
    }
  }

  void deleteSnapshots(SnapshotRange range) {
    List<StoredSnapshot> deleted = snapshots.values().stream().filter(range::contains).toList();
    for (StoredSnapshot snapshot : deleted) {
      snapshots.remove(snapshot.sequenceNr());
      bytes -= snapshot.bytes().size();
    }
  }

  /** The newest snapshot within the range. */
  Optional<StoredSnapshot> newestSnapshot(SnapshotRange range) {
    return snapshots.descendingMap().values().stream().filter(range::contains).findFirst();
  }

  /** Bytes of events and snapshots. */
  long bytes() {
    return bytes;
  }

  /** Takes over an event read from an image file. */
  void restoreEvent(long sequenceNr, ByteString event) {
    events.put(sequenceNr, event);
    bytes += event.size();
  }

  /** At most {@code countMax} events in order, of numbers between the two, both inclusive. */
  List<StoredEvent> events(long fromSequenceNr, long toSequenceNr, int countMax) {
    List<StoredEvent> page = new ArrayList<>();
    for (Map.Entry<Long, ByteString> event : events.tailMap(fromSequenceNr, true).entrySet()) {
      if (page.size() == countMax || event.getKey() > toSequenceNr) {
        break;
      }
      page.add(new StoredEvent(event.getKey(), event.getValue()));
    }
    return page;
  }

  private void drop(Collection<ByteString> dropped) {
    bytes -= dropped.stream().mapToLong(ByteString::size).sum();
    dropped.clear();
  }
}
