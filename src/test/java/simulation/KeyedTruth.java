package simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import storage.log.FetchRegion;
import storage.log.PartitionLog;

/** The records that have been committed of a compacted partition, and the last one of each key. */
public final class KeyedTruth {
  private static final int READ_BYTES = 1 << 20;

  private final TreeMap<Long, Entry> records = new TreeMap<>();
  private final TreeMap<String, Long> last = new TreeMap<>();
  private long end;

  /**
   * A record.
   *
   * @param value empty: the key was deleted
   */
  public record Entry(String key, Optional<String> value) {}

  /** Reads what was committed since, from a log that holds it as it was written. */
  void learn(PartitionLog log, long committedEnd) {
    while (end < committedEnd) {
      FetchRegion region = (FetchRegion) log.read(end, READ_BYTES, committedEnd, true);
      ByteBuffer bytes = region.readFully();
      entries(bytes)
          .forEach(
              (offset, entry) -> {
                if (offset >= end && offset < committedEnd) {
                  records.put(offset, entry);
                  last.put(entry.key(), offset);
                }
              });
      end = Math.min(committedEnd, Batches.endOf(bytes));
    }
  }

  public Optional<Entry> at(long offset) {
    return Optional.ofNullable(records.get(offset));
  }

  /**
   * What a log lacks that compaction must not take out, or has that was never committed; empty if
   * all is well.
   *
   * @param bytes of its batches that reach into the range
   */
  public Optional<String> lacking(long from, long to, ByteBuffer bytes) {
    NavigableMap<Long, Entry> held = entries(bytes);
    for (var entry : held.subMap(from, to).entrySet()) {
      if (!entry.getValue().equals(records.get(entry.getKey()))) {
        return Optional.of("it has " + entry + ", committed was " + records.get(entry.getKey()));
      }
    }
    for (var entry : records.subMap(from, to).entrySet()) {
      if (!held.containsKey(entry.getKey())
          && last.get(entry.getValue().key()).equals(entry.getKey())) {
        return Optional.of("it lacks " + entry + ", the last of its key");
      }
    }
    return Optional.empty();
  }

  private static NavigableMap<Long, Entry> entries(ByteBuffer bytes) {
    TreeMap<Long, Entry> entries = new TreeMap<>();
    MemoryRecords.readableRecords(bytes.duplicate())
        .records()
        .forEach(
            record ->
                entries.put(
                    record.offset(),
                    new Entry(
                        StandardCharsets.UTF_8.decode(record.key()).toString(),
                        Optional.ofNullable(record.value())
                            .map(value -> StandardCharsets.UTF_8.decode(value).toString()))));
    return entries;
  }
}
