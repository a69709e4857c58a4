package streams.net;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Sends parts to a non-blocking socket in order: neighbouring bytes by one gathering write, regions
 * by sendfile, small regions as bytes among their neighbours.
 */
final class PartWriter {
  private final SocketChannel channel;
  private final int copyRegionBytesMax;
  private final Deque<Part> parts = new ArrayDeque<>();
  private long regionSent;

  PartWriter(SocketChannel channel, int copyRegionBytesMax) {
    this.channel = channel;
    this.copyRegionBytesMax = copyRegionBytesMax;
  }

  void add(Outgoing message) throws IOException {
    for (Part part : message.parts()) {
      parts.add(
          part instanceof Part.Region region && region.size() <= copyRegionBytesMax
              ? copied(region)
              : part);
    }
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /**
   * Sends as much as the socket takes.
   *
   * @return whether all is sent
   */
  boolean write() throws IOException {
    while (!parts.isEmpty()) {
      boolean sent = parts.peek() instanceof Part.Region region ? sendRegion(region) : sendBytes();
      if (!sent) {
        return false;
      }
    }
    return true;
  }

  private boolean sendRegion(Part.Region region) throws IOException {
    long rest = region.size() - regionSent;
    long sent = region.source().transferTo(region.position() + regionSent, rest, channel);
    regionSent += sent;
    if (regionSent < region.size()) {
      return false;
    }
    regionSent = 0;
    parts.remove();
    return true;
  }

  private boolean sendBytes() throws IOException {
    List<ByteBuffer> run = new ArrayList<>(parts.size());
    for (Part part : parts) {
      if (!(part instanceof Part.Bytes bytes)) {
        break;
      }
      run.add(bytes.buffer());
    }
    if (run.size() == 1) {
      channel.write(run.get(0));
    } else {
      channel.write(run.toArray(new ByteBuffer[0]));
    }
    while (parts.peek() instanceof Part.Bytes bytes) {
      if (bytes.buffer().hasRemaining()) {
        return false;
      }
      parts.remove();
    }
    return true;
  }

  private static Part.Bytes copied(Part.Region region) throws IOException {
    ByteBuffer copy = ByteBuffer.allocate(region.size());
    while (copy.hasRemaining()) {
      if (region.source().read(copy, region.position() + copy.position()) < 0) {
        throw new EOFException(
            "a file region ended after %d of %d bytes".formatted(copy.position(), region.size()));
      }
    }
    return new Part.Bytes(copy.flip());
  }
}
