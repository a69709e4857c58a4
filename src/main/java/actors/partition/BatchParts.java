package actors.partition;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Puts a batch together that was too large for one message. Parts come in order; of a batch with a
 * part missing nothing is made, and the leader sends it again.
 */
final class BatchParts {
  private ByteBuffer gathered;
  private long fromOffset;

  /**
   * @return all bytes, once they are there; at once if they came whole
   */
  Optional<ByteBuffer> whole(ReplicationMessage.Push push) {
    ReplicationMessage.Part part = push.part();
    if (part.isWhole(push.bytes().remaining())) {
      clear();
      return Optional.of(push.bytes());
    }
    if (part.size() > Limits.PARTED_BATCH_BYTES_MAX) {
      return Optional.empty();
    }
    if (part.position() == 0) {
      gathered = ByteBuffer.allocate(part.size());
      fromOffset = push.fromOffset();
    }
    if (!continues(push)) {
      clear();
      return Optional.empty();
    }
    gathered.put(push.bytes().duplicate());
    if (gathered.hasRemaining()) {
      return Optional.empty();
    }
    ByteBuffer whole = gathered.flip();
    clear();
    return Optional.of(whole);
  }

  private boolean continues(ReplicationMessage.Push push) {
    return gathered != null
        && gathered.position() == push.part().position()
        && gathered.capacity() == push.part().size()
        && fromOffset == push.fromOffset()
        && push.bytes().remaining() <= gathered.remaining();
  }

  void clear() {
    gathered = null;
  }
}
