package storage.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/**
 * Builds one batch from records, for what a broker writes itself (committed offsets, transaction
 * markers) and for clients of this project's own API.
 *
 * <p>Offsets count from zero until a leader stamps the batch. Not reusable; for one thread.
 */
public final class BatchBuilder {
  private final Codec codec;
  private final ByteBufferOutputStream records = new ByteBufferOutputStream(1024);
  private int attributes;
  private long baseTimestamp = RecordBatch.NO_TIMESTAMP;
  private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
  private long producerId = RecordBatch.NO_PRODUCER_ID;
  private short producerEpoch = -1;
  private int baseSequence = -1;
  private int count;

  public BatchBuilder(Codec codec) {
    this.codec = codec;
  }

  /** Says which idempotent producer writes the batch. */
  public BatchBuilder producer(long id, short epoch, int firstSequence) {
    producerId = id;
    producerEpoch = epoch;
    baseSequence = firstSequence;
    return this;
  }

  public BatchBuilder transactional() {
    attributes |= RecordBatch.TRANSACTIONAL_FLAG;
    return this;
  }

  /** Appends a record without headers; key and value may be null. */
  public BatchBuilder add(long timestamp, byte[] key, byte[] value) {
    return add(timestamp, key, value, List.of());
  }

  /** Appends a record; key and value may be null. */
  public BatchBuilder add(long timestamp, byte[] key, byte[] value, List<Header> headers) {
    if (count == 0) {
      baseTimestamp = timestamp;
    }
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    ByteBufferOutputStream body = new ByteBufferOutputStream(64);
    body.write(0);
    varint(body, timestamp - baseTimestamp);
    varint(body, count);
    field(body, key);
    field(body, value);
    varint(body, headers.size());
    for (Header header : headers) {
      field(body, header.key().getBytes(StandardCharsets.UTF_8));
      field(body, header.value());
    }
    varint(records, body.position());
    records.write(body.buffer().array(), 0, body.position());
    count++;
    return this;
  }

  /** Makes the batch the control batch that ends a transaction. */
  public BatchBuilder endTransaction(long timestamp, ControlRecord marker) {
    attributes |= RecordBatch.TRANSACTIONAL_FLAG | RecordBatch.CONTROL_FLAG;
    short type = (short) (marker.committed() ? 1 : 0);
    byte[] key = ByteBuffer.allocate(4).putShort((short) 0).putShort(type).array();
    byte[] value =
        ByteBuffer.allocate(6).putShort((short) 0).putInt(marker.coordinatorEpoch()).array();
    return add(timestamp, key, value);
  }

  /** The size that the batch would have uncompressed. */
  public int uncompressedSize() {
    return RecordBatch.HEADER_SIZE + records.position();
  }

  public int count() {
    return count;
  }

  /** The batch, from position zero to the limit; at least one record must have been added. */
  public ByteBuffer build() {
    ByteBufferOutputStream batch = new ByteBufferOutputStream(uncompressedSize());
    batch.position(RecordBatch.HEADER_SIZE);
    try (OutputStream folded = codec.compress(batch)) {
      folded.write(records.buffer().array(), 0, records.position());
    } catch (IOException impossible) {
      throw new UncheckedIOException("compression into memory failed", impossible);
    }
    ByteBuffer result = batch.buffer().flip();
    writeHeader(result);
    return result;
  }

  private void writeHeader(ByteBuffer batch) {
    batch.putLong(0, 0L);
    batch.putInt(RecordBatch.LENGTH_AT, batch.limit() - RecordBatch.LENGTH_OVERHEAD);
    batch.putInt(RecordBatch.LEADER_EPOCH_AT, -1);
    batch.put(RecordBatch.MAGIC_AT, RecordBatch.MAGIC);
    batch.putShort(RecordBatch.ATTRIBUTES_AT, (short) (attributes | codec.id()));
    batch.putInt(RecordBatch.LAST_OFFSET_DELTA_AT, count - 1);
    batch.putLong(RecordBatch.BASE_TIMESTAMP_AT, baseTimestamp);
    batch.putLong(RecordBatch.MAX_TIMESTAMP_AT, maxTimestamp);
    batch.putLong(RecordBatch.PRODUCER_ID_AT, producerId);
    batch.putShort(RecordBatch.PRODUCER_EPOCH_AT, producerEpoch);
    batch.putInt(RecordBatch.BASE_SEQUENCE_AT, baseSequence);
    batch.putInt(RecordBatch.COUNT_AT, count);
    RecordBatch.stampCrc(batch, 0);
  }

  private static void field(ByteBufferOutputStream target, byte[] bytes) {
    if (bytes == null) {
      varint(target, -1);
    } else {
      varint(target, bytes.length);
      target.write(bytes, 0, bytes.length);
    }
  }

  private static void varint(ByteBufferOutputStream target, long value) {
    long left = (value << 1) ^ (value >> 63);
    while ((left & ~0x7fL) != 0) {
      target.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    target.write((int) left);
  }
}
