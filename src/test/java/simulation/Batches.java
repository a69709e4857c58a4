package simulation;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import storage.log.FetchRegion;
import storage.log.PartitionLog;
import storage.record.RecordBatch;

/** Batches that lie back to back. */
public final class Batches {
  private Batches() {}

  /** All that a log holds, back to back. */
  public static ByteBuffer all(PartitionLog log) {
    return all(log, log.logStartOffset());
  }

  /**
   * All from the batch on that holds an offset.
   *
   * @param from not before the log's start
   */
  public static ByteBuffer all(PartitionLog log, long from) {
    List<ByteBuffer> parts = new ArrayList<>();
    long offset = from;
    int size = 0;
    while (offset < log.logEndOffset()) {
      FetchRegion region = (FetchRegion) log.read(offset, 1 << 22, log.logEndOffset(), true);
      if (region.isEmpty()) {
        break;
      }
      ByteBuffer part = region.readFully();
      parts.add(part);
      size += part.remaining();
      offset = endOf(part);
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    parts.forEach(part -> all.put(part.duplicate()));
    return all.flip();
  }

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
