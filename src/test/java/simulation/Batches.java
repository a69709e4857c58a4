package simulation;

import java.nio.ByteBuffer;
import storage.record.RecordBatch;

/** Batches that lie back to back. */
public final class Batches {
  private Batches() {}

  /** The offset after the last whole one. */
  public static long endOf(ByteBuffer bytes) {
    int at = 0;
    long end = -1;
    while (bytes.limit() - at >= RecordBatch.HEADER_SIZE
        && RecordBatch.size(bytes, at) <= bytes.limit() - at) {
      end = RecordBatch.lastOffset(bytes, at) + 1;
      at += RecordBatch.size(bytes, at);
    }
    return end;
  }
}
