package actors.group.consumer;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What is kept of a member that speaks the classic protocol inside a group of this one.
 *
 * @param sessionMillis its own session timeout
 * @param protocols that it offered, the dearest first
 */
public record ClassicClient(int sessionMillis, List<Protocol> protocols) {
  public ClassicClient {
    protocols = List.copyOf(protocols);
  }

  boolean knows(String protocol) {
    return protocols.stream().anyMatch(known -> known.name().equals(protocol));
  }

  /**
   * @param metadata a {@code ConsumerProtocolSubscription}; nobody moves its position
   */
  public record Protocol(String name, ByteBuffer metadata) {}
}
