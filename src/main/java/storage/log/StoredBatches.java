package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import storage.record.RecordBatch;

/**
 * Batches of a leader's log, cut into one buffer each.
 *
 * @param fault what is wrong with them; empty if nothing is
 */
record StoredBatches(List<ByteBuffer> batches, String fault) {

  /**
   * Cuts and checks: sizes, checksums, and that neither offsets nor epochs go back.
   *
   * @param endOffset of the log they are meant for
   * @param latestEpoch of that log, or -1
   */
  static StoredBatches split(ByteBuffer bytes, long endOffset, int latestEpoch) {
    List<ByteBuffer> batches = new ArrayList<>();
    long nextOffset = endOffset;
    int epoch = latestEpoch;
    int at = bytes.position();
    while (at < bytes.limit()) {
      String fault = faultOf(bytes, at, nextOffset, epoch);
      if (!fault.isEmpty()) {
        return new StoredBatches(List.of(), fault);
      }
      int size = RecordBatch.size(bytes, at);
      nextOffset = RecordBatch.lastOffset(bytes, at) + 1;
      epoch = RecordBatch.leaderEpoch(bytes, at);
      batches.add(bytes.duplicate().position(at).limit(at + size));
      at += size;
    }
    return new StoredBatches(batches, "");
  }

  private static String faultOf(ByteBuffer bytes, int at, long nextOffset, int epoch) {
    int left = bytes.limit() - at;
    if (left < RecordBatch.HEADER_SIZE) {
      return "a batch's header is cut off";
    }
    int size = RecordBatch.size(bytes, at);
    if (size < RecordBatch.HEADER_SIZE || size > left) {
      return "a batch claims " + size + " bytes, there are " + left;
    }
    if (RecordBatch.magic(bytes, at) != RecordBatch.MAGIC || !RecordBatch.hasValidCrc(bytes, at)) {
      return "a batch's checksum does not match";
    }
    if (RecordBatch.baseOffset(bytes, at) < nextOffset
        || RecordBatch.lastOffsetDelta(bytes, at) < 0) {
      return "a batch begins at " + RecordBatch.baseOffset(bytes, at) + ", before " + nextOffset;
    }
    return RecordBatch.leaderEpoch(bytes, at) < epoch
        ? "a batch of epoch " + RecordBatch.leaderEpoch(bytes, at) + " follows epoch " + epoch
        : "";
  }

  boolean isDamaged() {
    return !fault.isEmpty();
  }
}
