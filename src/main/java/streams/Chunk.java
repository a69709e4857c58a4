package streams;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * A piece of a partition in memory: whole batches, their checksums verified, without those that
 * hold nothing for readers.
 */
final class Chunk {
  private final Deque<RecordBatch> batches;
  private final int size;
  private final long from;
  private final long endOffset;

  private Chunk(Deque<RecordBatch> batches, int size, long from, long endOffset) {
    this.batches = batches;
    this.size = size;
    this.from = from;
    this.endOffset = endOffset;
  }

  /**
   * @param bytes batches, of which the first may begin before the offset and the last may be cut
   * @param from first offset wanted
   * @throws CorruptRecordException if a checksum is wrong, or nothing whole is there
   */
  static Chunk verified(ByteBuffer bytes, long from) {
    Deque<RecordBatch> wanted = new ArrayDeque<>();
    long end = from;
    for (RecordBatch batch : MemoryRecords.readableRecords(bytes).batches()) {
      if (batch.lastOffset() >= from) {
        batch.ensureValid();
        end = batch.nextOffset();
        if (!batch.isControlBatch()) {
          wanted.addLast(batch);
        }
      }
    }
    if (end == from) {
      throw new CorruptRecordException(
          String.format("%d bytes hold no whole batch from offset %d on", bytes.limit(), from));
    }
    return new Chunk(wanted, bytes.limit(), from, end);
  }

  /** What it was in the log, in bytes. */
  int size() {
    return size;
  }

  /** Records before this offset are not wanted. */
  long from() {
    return from;
  }

  /** Where the next piece begins. */
  long endOffset() {
    return endOffset;
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** The next batch, or null. */
  RecordBatch poll() {
    return batches.pollFirst();
  }
}
