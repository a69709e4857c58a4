package actors.access;

import java.nio.ByteBuffer;
import java.util.Optional;
import storage.record.RecordBatch;

/** Whether batches have come over the network as they were sent. */
final class Soundness {
  private Soundness() {}

  /**
   * @param records whole v2 batches from position to limit, which do not move
   * @return what is wrong with them
   */
  static Optional<String> flaw(ByteBuffer records) {
    int at = records.position();
    do {
      int left = records.limit() - at;
      if (left < RecordBatch.HEADER_SIZE) {
        return Optional.of(left + " bytes are no batch");
      }
      int size = RecordBatch.size(records, at);
      if (RecordBatch.magic(records, at) != RecordBatch.MAGIC
          || size < RecordBatch.HEADER_SIZE
          || size > left) {
        return Optional.of("no whole batch of format 2 in " + left + " bytes");
      }
      if (!RecordBatch.hasValidCrc(records, at)) {
        return Optional.of("the checksum of a batch does not fit its bytes");
      }
      at += size;
    } while (at < records.limit());
    return Optional.empty();
  }
}
