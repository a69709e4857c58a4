package storage.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.OptionalLong;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Takes records out of a batch: what compaction writes in its place. Offsets, leader epoch,
 * producer, sequence and codec stay; size, count, timestamps and checksum become those of what is
 * left. A batch with tombstones may be given a delete horizon, as Kafka does (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-534">KIP-534</a>): the time from
 * which on they may be dropped, in the place of the base timestamp, which the records' timestamps
 * then count from.
 *
 * <p>Reusable; for one thread.
 */
public final class BatchThinning {
  private static final int UNCOMPRESSED_SIZE_MIN = 1024;

  private final RecordCursor cursor = new RecordCursor(Limits.DECOMPRESSED_BATCH_BYTES_MAX);

  /** The delete horizon of a batch that has one, wall clock. */
  public static OptionalLong deleteHorizonMillis(ByteBuffer batch, int at) {
    return RecordBatch.hasDeleteHorizon(batch, at)
        ? OptionalLong.of(RecordBatch.baseTimestamp(batch, at))
        : OptionalLong.empty();
  }

  /** The batch without any record: a header alone, which says what its producer has written. */
  public static ByteBuffer emptied(ByteBuffer batch, int at) {
    ByteBuffer header = ByteBuffer.allocate(RecordBatch.HEADER_SIZE);
    header.put(0, batch, at, RecordBatch.HEADER_SIZE);
    int attributes =
        RecordBatch.attributes(batch, at)
            & ~(RecordBatch.CODEC_MASK | RecordBatch.DELETE_HORIZON_FLAG);
    header.putShort(RecordBatch.ATTRIBUTES_AT, (short) attributes);
    header.putLong(RecordBatch.BASE_TIMESTAMP_AT, RecordBatch.maxTimestamp(batch, at));
    header.putInt(RecordBatch.COUNT_AT, 0);
    header.putInt(RecordBatch.LENGTH_AT, RecordBatch.HEADER_SIZE - RecordBatch.LENGTH_OVERHEAD);
    RecordBatch.stampCrc(header, 0);
    return header;
  }

  /**
   * The batch with some of its records, in a buffer of its own.
   *
   * @param batch a sound batch
   * @param kept by index; at least one
   * @param deleteHorizonMillis of the result; empty: it has none
   */
  public ByteBuffer thinned(
      ByteBuffer batch, int at, BitSet kept, OptionalLong deleteHorizonMillis) {
    long firstTimestamp = timestampOf(kept.nextSetBit(0), batch, at);
    long baseTimestamp = deleteHorizonMillis.orElse(firstTimestamp);
    ByteBufferOutputStream target =
        new ByteBufferOutputStream(Math.max(UNCOMPRESSED_SIZE_MIN, RecordBatch.size(batch, at)));
    target.position(RecordBatch.HEADER_SIZE);
    Copy copy = new Copy(RecordBatch.baseTimestamp(batch, at), baseTimestamp);
    cursor.begin(batch, at);
    try (OutputStream folded = RecordBatch.codec(batch, at).compress(target)) {
      for (int i = 0; i < kept.length(); i++) {
        copy.next(kept.get(i), folded);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("compression into memory failed", impossible);
    } finally {
      cursor.close();
    }
    ByteBuffer result = target.buffer().flip();
    result.put(0, batch, at, RecordBatch.HEADER_SIZE);
    int attributes = RecordBatch.attributes(batch, at) & ~RecordBatch.DELETE_HORIZON_FLAG;
    if (deleteHorizonMillis.isPresent()) {
      attributes |= RecordBatch.DELETE_HORIZON_FLAG;
    }
    result.putShort(RecordBatch.ATTRIBUTES_AT, (short) attributes);
    result.putInt(RecordBatch.LENGTH_AT, result.limit() - RecordBatch.LENGTH_OVERHEAD);
    result.putLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestamp);
    if (RecordBatch.timestampType(batch, at) == TimestampType.CREATE_TIME) {
      result.putLong(RecordBatch.MAX_TIMESTAMP_AT, copy.maxTimestamp);
    }
    result.putInt(RecordBatch.COUNT_AT, kept.cardinality());
    RecordBatch.stampCrc(result, 0);
    return result;
  }

  private long timestampOf(int index, ByteBuffer batch, int at) {
    cursor.begin(batch, at);
    try {
      for (int i = 0; i < index; i++) {
        int length = cursor.varint();
        cursor.skip(Math.max(0, length));
      }
      cursor.varint(); // length
      cursor.next(); // attributes
      return RecordBatch.baseTimestamp(batch, at) + cursor.varlong();
    } finally {
      cursor.close();
    }
  }

  /** Copies records one by one, their timestamps counted from another base. */
  private final class Copy {
    private final long fromBase;
    private final long toBase;
    private final byte[] head = new byte[Varints.SIZE_MAX];
    private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

    Copy(long fromBase, long toBase) {
      this.fromBase = fromBase;
      this.toBase = toBase;
    }

    void next(boolean isKept, OutputStream target) throws IOException {
      int length = cursor.varint();
      if (!isKept) {
        cursor.skip(Math.max(0, length));
        return;
      }
      long end = cursor.consumed() + length;
      byte recordAttributes = cursor.next();
      long timestamp = fromBase + cursor.varlong();
      int rest = (int) (end - cursor.consumed());
      maxTimestamp = Math.max(maxTimestamp, timestamp);
      long delta = timestamp - toBase;
      write(Byte.BYTES + Varints.sizeOf(delta) + (long) rest, target);
      target.write(recordAttributes);
      write(delta, target);
      cursor.pass(
          rest,
          (bytes, from, count) -> {
            try {
              target.write(bytes, from, count);
            } catch (IOException impossible) {
              throw new UncheckedIOException("compression into memory failed", impossible);
            }
          });
      if (cursor.failed()) {
        throw new IllegalArgumentException("a batch was thinned that is not sound");
      }
    }

    private void write(long value, OutputStream target) throws IOException {
      target.write(head, 0, Varints.put(value, head));
    }
  }
}
