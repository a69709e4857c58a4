package storage.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import storage.record.Codec;
import storage.record.RecordBatch;

/**
 * Goes over the batches of a file by their headers, reading through a window of fixed size. Stops
 * at the first batch that cannot be what an append wrote. Reusable; for one thread.
 */
final class BatchScanner {
  private static final int CRC_FROM = 21;

  private final ByteBuffer window;
  private final CRC32C crc = new CRC32C();
  private DiskFile file;
  private long windowStart;
  private long position;
  private long end;
  private long offsetMin;
  private int size;
  private String fault = "";
  private boolean cutOff;

  BatchScanner(int windowBytes) {
    this.window = ByteBuffer.allocate(windowBytes);
  }

  /**
   * @param from position of a batch
   * @param to position at which to stop; exclusive
   * @param firstOffsetMin the first batch must not begin before this offset
   */
  BatchScanner begin(DiskFile scanned, long from, long to, long firstOffsetMin) {
    file = scanned;
    window.limit(0);
    windowStart = from;
    position = from;
    end = to;
    offsetMin = firstOffsetMin;
    size = 0;
    fault = "";
    cutOff = false;
    return this;
  }

  /** Moves to the next batch and checks its header; false at the end, or at a fault. */
  boolean next() {
    if (size > 0) {
      offsetMin = lastOffset() + 1;
      position += size;
      size = 0;
    }
    if (position >= end || !fault.isEmpty()) {
      return false;
    }
    fault = headerFault();
    return fault.isEmpty();
  }

  /** Like {@link #next}, and checks the batch's bytes against its checksum. */
  boolean nextVerified() {
    if (!next()) {
      return false;
    }
    return verify();
  }

  /** Checks the current batch's bytes against its checksum; if that fails, the scan ends here. */
  boolean verify() {
    if (hasValidCrc()) {
      return true;
    }
    fault = "the checksum does not match";
    size = 0;
    return false;
  }

  private String headerFault() {
    cutOff = false;
    if (end - position < RecordBatch.HEADER_SIZE || !load(position, RecordBatch.HEADER_SIZE)) {
      cutOff = true;
      return "the batch's header is cut off";
    }
    int at = at();
    long claimed = (long) window.getInt(at + Long.BYTES) + RecordBatch.LENGTH_OVERHEAD;
    if (claimed < RecordBatch.HEADER_SIZE) {
      return "the batch claims a size of " + claimed;
    }
    if (RecordBatch.magic(window, at) != RecordBatch.MAGIC) {
      return "the batch's format is not version 2";
    }
    if (claimed > end - position) {
      cutOff = true;
      return "the batch is cut off";
    }
    if (RecordBatch.baseOffset(window, at) < offsetMin) {
      return "the batch's offset does not rise";
    }
    if (RecordBatch.lastOffsetDelta(window, at) < 0
        || RecordBatch.lastOffset(window, at) < 0
        || RecordBatch.count(window, at) < 0
        || !Codec.isKnown(RecordBatch.codecId(window, at))) {
      return "the batch's header is malformed";
    }
    size = (int) claimed;
    return "";
  }

  private boolean hasValidCrc() {
    int expected = RecordBatch.crc(window, at());
    crc.reset();
    long from = position + CRC_FROM;
    long to = position + size;
    while (from < to) {
      if (!load(from, 1)) {
        return false;
      }
      int at = (int) (from - windowStart);
      int length = (int) Math.min(window.limit() - at, to - from);
      crc.update(window.slice(at, length));
      from += length;
    }
    boolean valid = (int) crc.getValue() == expected;
    return load(position, RecordBatch.HEADER_SIZE) && valid;
  }

  /** Makes sure that bytes of the file are in the window; false if the file ends before. */
  private boolean load(long from, int length) {
    if (from < windowStart || from + length > windowStart + window.limit()) {
      window.clear();
      window.limit((int) Math.min(window.capacity(), end - from));
      file.read(window, from);
      window.flip();
      windowStart = from;
    }
    return window.limit() - (from - windowStart) >= length;
  }

  /** Where the scan stopped, if it stopped before the end; empty otherwise. */
  String fault() {
    return fault;
  }

  boolean isFaulty() {
    return !fault.isEmpty();
  }

  /** True if the scan stopped because the end came in the middle of a batch. */
  boolean isCutOff() {
    return cutOff;
  }

  CorruptLog corrupt() {
    return new CorruptLog(file.path(), position, fault);
  }

  /** Position of the current batch; after the scan, where it stopped. */
  long position() {
    return position;
  }

  int size() {
    return size;
  }

  /** The buffer that holds the current batch's header at {@link #at}. */
  ByteBuffer header() {
    return window;
  }

  int at() {
    return (int) (position - windowStart);
  }

  long baseOffset() {
    return RecordBatch.baseOffset(window, at());
  }

  long lastOffset() {
    return RecordBatch.lastOffset(window, at());
  }

  long maxTimestamp() {
    return RecordBatch.maxTimestamp(window, at());
  }

  int leaderEpoch() {
    return RecordBatch.leaderEpoch(window, at());
  }

  /** The whole current batch in a buffer of its own. */
  ByteBuffer readBatch() {
    ByteBuffer batch = ByteBuffer.allocate(size);
    if (file.read(batch, position) < size) {
      throw new CorruptLog(file.path(), position, "the batch is cut off");
    }
    return batch.flip();
  }
}
