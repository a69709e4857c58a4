package streams;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Utils;

/** A leader's log in memory: real batches, and the rules of sequence numbers (KIP-98). */
final class ModelLog {
  private static final int BATCHES_KNOWN = 5;

  private final List<RecordBatch> batches = new ArrayList<>();
  private final Map<Long, Producer> producers = new TreeMap<>();
  private long endOffset;

  /** What a leader answers. */
  record Answer(Errors error, long baseOffset) {}

  private record Known(int firstSequence, int lastSequence, long baseOffset) {}

  private static final class Producer {
    private short epoch = -1;
    private final Deque<Known> known = new ArrayDeque<>();
  }

  Answer append(ByteBuffer bytes) {
    MutableRecordBatch batch =
        MemoryRecords.readableRecords(copy(bytes)).batches().iterator().next();
    batch.ensureValid();
    Producer producer = producers.computeIfAbsent(batch.producerId(), id -> new Producer());
    if (batch.producerEpoch() < producer.epoch) {
      return new Answer(Errors.INVALID_PRODUCER_EPOCH, -1);
    }
    if (batch.producerEpoch() == producer.epoch) {
      for (Known known : producer.known) {
        if (known.firstSequence() == batch.baseSequence()
            && known.lastSequence() == batch.lastSequence()) {
          return new Answer(Errors.NONE, known.baseOffset());
        }
      }
    }
    int next =
        batch.producerEpoch() > producer.epoch || producer.known.isEmpty()
            ? 0
            : DefaultRecordBatch.incrementSequence(producer.known.getLast().lastSequence(), 1);
    boolean isUnknown = producer.epoch < 0; // then a leader takes whatever comes first
    if (!isUnknown && batch.baseSequence() != next) {
      return new Answer(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
    }
    if (batch.producerEpoch() > producer.epoch) {
      producer.epoch = batch.producerEpoch();
      producer.known.clear();
    }
    producer.known.addLast(new Known(batch.baseSequence(), batch.lastSequence(), endOffset));
    if (producer.known.size() > BATCHES_KNOWN) {
      producer.known.removeFirst();
    }
    return new Answer(Errors.NONE, store(batch));
  }

  /** A batch that did not come from a producer under test. */
  long store(MutableRecordBatch batch) {
    long baseOffset = endOffset;
    batch.setLastOffset(endOffset + batch.lastOffset() - batch.baseOffset());
    batch.setPartitionLeaderEpoch(3);
    batches.add(batch);
    endOffset = batch.nextOffset();
    return baseOffset;
  }

  /** The first record of this time or later; -1 if there is none. */
  long offsetAt(long timestampMillis) {
    for (RecordBatch batch : batches) {
      for (Record record : batch) {
        if (record.timestamp() >= timestampMillis) {
          return record.offset();
        }
      }
    }
    return -1;
  }

  long endOffset() {
    return endOffset;
  }

  List<RecordBatch> batches() {
    return List.copyOf(batches);
  }

  /** The values of all records, as text. */
  List<String> values() {
    List<String> values = new ArrayList<>();
    for (RecordBatch batch : batches) {
      for (Record record : batch) {
        values.add(Utils.utf8(record.value(), record.valueSize()));
      }
    }
    return values;
  }

  /** Whole batches from the one with this offset on: at least one, and no more than fit. */
  ByteBuffer read(long offset, int maxBytes) {
    List<RecordBatch> read = new ArrayList<>();
    int size = 0;
    for (RecordBatch batch : batches) {
      if (batch.lastOffset() >= offset) {
        if (size > 0 && size + batch.sizeInBytes() > maxBytes) {
          break;
        }
        read.add(batch);
        size += batch.sizeInBytes();
      }
    }
    ByteBuffer bytes = ByteBuffer.allocate(size);
    read.forEach(batch -> batch.writeTo(bytes));
    return bytes.flip();
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
    copy.put(bytes.duplicate());
    return copy.flip();
  }
}
