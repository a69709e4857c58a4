package streams;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecord;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Lays records one after the other as a v2 batch holds them, behind room for its header. Kafka's
 * own builder passes each byte of a length through two streams; here a record costs its bytes.
 *
 * <p>The bytes of the records do not change with the producer's epoch or sequence, nor when a
 * replica stamps the batch, so the header can be written anew for another try.
 */
final class BatchWriter {
  private static final int HEADER = DefaultRecordBatch.RECORD_BATCH_OVERHEAD;
  private static final int NULL = -1;

  /** What the deltas of offset and timestamp can take beyond the one byte each that zero takes. */
  private static final int DELTAS_MAX = 13;

  private static final byte[] RELEASED = {};

  private byte[] bytes;
  private int size = HEADER;
  private int gatheredSize;
  private int count;
  private long baseTimestamp = RecordBatch.NO_TIMESTAMP;
  private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
  private CompressionType folded = CompressionType.NONE;
  private boolean handedOut;

  /**
   * @param capacity to begin with; it grows
   */
  BatchWriter(int capacity) {
    this.bytes = new byte[Math.max(capacity, HEADER)];
  }

  /** Of the whole batch, before compression. */
  int size() {
    return size;
  }

  /** The same, also after compression. */
  int gatheredSize() {
    return gatheredSize;
  }

  int count() {
    return count;
  }

  /** Lets go of the bytes. */
  void release() {
    bytes = RELEASED;
  }

  /** The size of a batch that holds only this record. */
  static int sizeAlone(byte[] key, byte[] value, Header[] headers) {
    return HEADER + DefaultRecord.sizeInBytes(0, 0, length(key), length(value), headers);
  }

  /** Whether the record still fits, wherever its timestamp lies. */
  boolean hasRoom(int sizeAlone, int sizeMax) {
    return size + (sizeAlone - HEADER) + DELTAS_MAX <= sizeMax;
  }

  void append(long timestamp, byte[] key, byte[] value, Header[] headers) {
    if (count == 0) {
      baseTimestamp = timestamp;
    }
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    long timestampDelta = timestamp - baseTimestamp;
    int body =
        DefaultRecord.sizeOfBodyInBytes(count, timestampDelta, length(key), length(value), headers);
    reserve(body + Integer.BYTES + 1);
    varint(body);
    bytes[size++] = 0; // attributes; none are in use
    varlong(timestampDelta);
    varint(count);
    field(key);
    field(value);
    varint(headers.length);
    for (Header header : headers) {
      field(Utils.utf8(header.key()));
      field(header.value());
    }
    count++;
    gatheredSize = size;
  }

  /**
   * The batch as this producer's, from position zero to the limit. The caller may pass it on for
   * good; the next call makes a copy.
   */
  ByteBuffer build(Compression compression, long producerId, short epoch, int sequence) {
    if (compression.type() != folded) {
      fold(compression);
    }
    if (handedOut) {
      bytes = Arrays.copyOf(bytes, size);
    }
    handedOut = true;
    ByteBuffer batch = ByteBuffer.wrap(bytes, 0, size);
    DefaultRecordBatch.writeHeader(
        batch,
        0,
        count - 1,
        size,
        RecordBatch.CURRENT_MAGIC_VALUE,
        folded,
        TimestampType.CREATE_TIME,
        baseTimestamp,
        maxTimestamp,
        producerId,
        epoch,
        sequence,
        false,
        false,
        false,
        RecordBatch.NO_PARTITION_LEADER_EPOCH,
        count);
    batch.position(0);
    return batch;
  }

  private void fold(Compression compression) {
    ByteBufferOutputStream target = new ByteBufferOutputStream(size);
    target.position(HEADER);
    try (OutputStream folding =
        compression.wrapForOutput(target, RecordBatch.CURRENT_MAGIC_VALUE)) {
      folding.write(bytes, HEADER, size - HEADER);
    } catch (IOException impossible) {
      throw new UncheckedIOException("compression into memory failed", impossible);
    }
    bytes = target.buffer().array();
    size = target.position();
    folded = compression.type();
  }

  private void reserve(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  private void field(byte[] field) {
    varint(length(field));
    if (field != null) {
      System.arraycopy(field, 0, bytes, size, field.length);
      size += field.length;
    }
  }

  private void varint(int value) {
    int left = (value << 1) ^ (value >> 31);
    while ((left & ~0x7f) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  private void varlong(long value) {
    long left = (value << 1) ^ (value >> 63);
    while ((left & ~0x7fL) != 0) {
      bytes[size++] = (byte) (left | 0x80);
      left >>>= 7;
    }
    bytes[size++] = (byte) left;
  }

  private static int length(byte[] field) {
    return field == null ? NULL : field.length;
  }
}
