package storage.record;

import java.nio.ByteBuffer;

/**
 * Goes over the records of one batch and checks that each is well-formed: varints end, lengths sum
 * up exactly, offset deltas rise. Keeps nothing per record.
 *
 * <p>Usage: {@link #begin}, then {@link #next} until it is false; then {@link #fault} tells whether
 * the end was the end of the batch. Reusable; for one thread.
 */
final class RecordWalk implements AutoCloseable {
  private final RecordCursor cursor;
  private long baseTimestamp;
  private int count;
  private int seen;
  private int offsetDelta;
  private long timestamp;
  private boolean hasKey;
  private String fault = "";

  RecordWalk(int unfoldedBytesMax) {
    this.cursor = new RecordCursor(unfoldedBytesMax);
  }

  /** Begins with a batch whose header is known to be valid. */
  void begin(ByteBuffer buffer, int at) {
    cursor.begin(buffer, at);
    baseTimestamp = RecordBatch.baseTimestamp(buffer, at);
    count = RecordBatch.count(buffer, at);
    seen = 0;
    offsetDelta = -1;
    fault = "";
  }

  /** Reads one more record; false at the end of the batch, or at a fault. */
  boolean next() {
    if (seen == count) {
      if (!cursor.isExhausted()) {
        fault = "there are bytes after its last record";
      }
      return false;
    }
    readRecord();
    if (cursor.failed() || !fault.isEmpty()) {
      return false;
    }
    seen++;
    return true;
  }

  private void readRecord() {
    int length = cursor.varint();
    long end = cursor.consumed() + length;
    if (length <= 0) {
      fault = "a record has no positive length";
      return;
    }
    cursor.next(); // attributes; none are in use
    timestamp = baseTimestamp + cursor.varlong();
    int delta = cursor.varint();
    if (delta <= offsetDelta && !cursor.failed()) {
      fault = "offsets do not rise";
      return;
    }
    offsetDelta = delta;
    hasKey = skipField(end);
    skipField(end);
    skipHeaders(end);
    if (cursor.consumed() != end && fault.isEmpty()) {
      fault = "a record's length does not fit its fields";
    }
  }

  /** Passes over a length and that many bytes; false if the length is -1, which means null. */
  private boolean skipField(long end) {
    int length = cursor.varint();
    if (length < -1 || length > end - cursor.consumed()) {
      fault = "a record's key or value exceeds the record";
      return false;
    }
    if (length > 0) {
      cursor.skip(length);
    }
    return length >= 0;
  }

  private void skipHeaders(long end) {
    int headers = cursor.varint();
    if (headers < 0 || headers > end - cursor.consumed()) {
      fault = "a record's header count exceeds the record";
      return;
    }
    for (int i = 0; i < headers && fault.isEmpty() && !cursor.failed(); i++) {
      if (!skipField(end)) {
        fault = "a record's header has no key";
        return;
      }
      skipField(end);
    }
  }

  /** What is wrong, to be read after "the batch: "; empty if nothing is. */
  String fault() {
    return switch (cursor.failure()) {
      case NONE -> fault;
      case MALFORMED -> fault.isEmpty() ? "its records end too early" : fault;
      case UNDECODABLE -> "its compressed bytes cannot be decompressed";
      case TOO_LARGE -> "it decompresses to too many bytes";
    };
  }

  boolean isTooLarge() {
    return cursor.failure() == RecordCursor.Failure.TOO_LARGE;
  }

  /** Index of the record that {@link #next} read last, or would have. */
  int index() {
    return fault().isEmpty() ? seen - 1 : seen;
  }

  int offsetDelta() {
    return offsetDelta;
  }

  /** The record's own timestamp, whatever the batch's timestamp type. */
  long timestamp() {
    return timestamp;
  }

  boolean hasKey() {
    return hasKey;
  }

  @Override
  public void close() {
    cursor.close();
  }
}
