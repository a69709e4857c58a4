package storage.record;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The end of a transaction as a control batch states it: one record whose key is (version int16,
 * type int16) and whose value begins with (version int16, coordinator epoch int32).
 *
 * @param committed false for an aborted transaction
 */
public record ControlRecord(boolean committed, int coordinatorEpoch) {
  private static final short ABORT = 0;
  private static final short COMMIT = 1;
  private static final int VALUE_SIZE_MIN = 6;

  /** Reads a control batch that lies whole in the buffer; empty if it is of another kind. */
  public static Optional<ControlRecord> read(ByteBuffer buffer, int at) {
    if (RecordBatch.isCompressed(buffer, at) || RecordBatch.count(buffer, at) != 1) {
      return Optional.empty();
    }
    RecordCursor cursor = new RecordCursor(Limits.DECOMPRESSED_BATCH_BYTES_MAX);
    cursor.begin(buffer, at);
    cursor.varint(); // length
    cursor.next(); // attributes
    cursor.varlong(); // timestamp delta
    cursor.varint(); // offset delta
    int keySize = cursor.varint();
    int keyAt = at + RecordBatch.HEADER_SIZE + (int) cursor.consumed();
    cursor.skip(Math.max(0, keySize));
    int valueSize = cursor.varint();
    int valueAt = at + RecordBatch.HEADER_SIZE + (int) cursor.consumed();
    cursor.skip(Math.max(0, valueSize));
    if (cursor.failed() || keySize < Integer.BYTES || valueSize < VALUE_SIZE_MIN) {
      return Optional.empty();
    }
    short type = buffer.getShort(keyAt + Short.BYTES);
    return type == ABORT || type == COMMIT
        ? Optional.of(new ControlRecord(type == COMMIT, buffer.getInt(valueAt + Short.BYTES)))
        : Optional.empty();
  }
}
