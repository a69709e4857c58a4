package actors.group;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of one partition of {@code __consumer_offsets}, read chunk by chunk. One thread. */
final class LogLoad {
  private static final Logger LOG = LoggerFactory.getLogger(LogLoad.class);

  private final Map<String, Restored> groups = new TreeMap<>();
  private long nextOffset;

  LogLoad(long logStartOffset) {
    this.nextOffset = logStartOffset;
  }

  /** What is to be read next. */
  long nextOffset() {
    return nextOffset;
  }

  Collection<Restored> groups() {
    return groups.values();
  }

  /**
   * Batches one after the other; the last may be cut, and the first may begin before what is
   * wanted.
   *
   * @throws UnreadableRecord if a record is not what Kafka writes there
   */
  void add(ByteBuffer bytes) {
    for (MutableRecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
      if (!batch.isControlBatch()) {
        batch.forEach(this::add);
      }
      nextOffset = Math.max(nextOffset, batch.nextOffset());
    }
  }

  private void add(Record record) {
    if (record.offset() < nextOffset || !record.hasKey()) {
      return;
    }
    GroupRecords.read(record.key(), Optional.ofNullable(record.value()))
        .ifPresentOrElse(
            known -> groups.computeIfAbsent(known.groupId(), Restored::new).replay(known),
            () -> LOG.debug("the record at {} is of a kind not known here", record.offset()));
  }
}
