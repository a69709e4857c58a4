package actors.access;

import actors.access.AccessMessage.Part;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts bytes together that were too many for one message. Parts come in order and one whole after
 * the other; what does not fit to the parts before it makes nothing.
 */
final class PartGatherer {
  private ByteBuffer gathered;
  private long request;

  /** One piece of a whole. */
  record Piece(Part part, ByteBuffer bytes) {}

  /**
   * Cuts bytes into messages' worth.
   *
   * @return at least one piece, even of no bytes; views of the bytes, not copies
   */
  static List<Piece> cut(ByteBuffer bytes) {
    ByteBuffer whole = bytes.slice();
    int size = whole.remaining();
    List<Piece> pieces = new ArrayList<>(size / Limits.PART_BYTES_MAX + 1);
    int at = 0;
    do {
      int length = Math.min(Limits.PART_BYTES_MAX, size - at);
      pieces.add(new Piece(new Part(at, size), whole.slice(at, length)));
      at += length;
    } while (at < size);
    return pieces;
  }

  /**
   * @return all bytes, once they are there; at once if they came whole
   */
  Optional<ByteBuffer> whole(long ofRequest, Part part, ByteBuffer bytes) {
    if (part.position() == 0 && bytes.remaining() == part.size()) {
      clear();
      return Optional.of(bytes);
    }
    if (part.position() == 0) {
      gathered = ByteBuffer.allocate(part.size());
      request = ofRequest;
    }
    if (!continues(ofRequest, part, bytes)) {
      clear();
      return Optional.empty();
    }
    gathered.put(bytes.duplicate());
    if (gathered.hasRemaining()) {
      return Optional.empty();
    }
    ByteBuffer whole = gathered.flip();
    clear();
    return Optional.of(whole);
  }

  private boolean continues(long ofRequest, Part part, ByteBuffer bytes) {
    return gathered != null
        && request == ofRequest
        && gathered.position() == part.position()
        && gathered.capacity() == part.size()
        && bytes.remaining() <= gathered.remaining();
  }

  void clear() {
    gathered = null;
  }
}
