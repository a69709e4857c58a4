package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import storage.record.RecordBatch;

/** Appends stamped batches to a segment, many in one write. */
final class SegmentWriter {
  private final Segment segment;
  private final Cleaning.Pace pace;
  private final List<ByteBuffer> waiting = new ArrayList<>();
  private int waitingBytes;

  SegmentWriter(Segment segment, Cleaning.Pace pace) {
    this.segment = segment;
    this.pace = pace;
  }

  /**
   * @param batch in a buffer of its own
   * @return false, and nothing is appended, if the segment would grow too large
   */
  boolean add(ByteBuffer batch) {
    if ((long) segment.size() + waitingBytes + batch.remaining() > Limits.SEGMENT_BYTES_MAX) {
      return false;
    }
    waiting.add(batch);
    waitingBytes += batch.remaining();
    if (waitingBytes >= Limits.CLEANED_WRITE_BYTES) {
      flush();
    }
    return true;
  }

  /** Hands what waits to the file. */
  void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    int position = segment.size();
    ByteBuffer[] buffers = waiting.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
    segment.write(buffers, waitingBytes);
    for (ByteBuffer batch : waiting) {
      segment.note(
          RecordBatch.lastOffset(batch, 0),
          position,
          batch.remaining(),
          RecordBatch.newestTimestamp(batch, 0));
      position += batch.remaining();
    }
    pace.spent(waitingBytes);
    waiting.clear();
    waitingBytes = 0;
  }
}
