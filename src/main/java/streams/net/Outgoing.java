package streams.net;

import java.nio.ByteBuffer;
import java.util.List;

/** One message to the peer, its length prefix included; sent whole and in order. */
public record Outgoing(List<Part> parts) {
  public static Outgoing of(ByteBuffer bytes) {
    return new Outgoing(List.of(new Part.Bytes(bytes)));
  }
}
