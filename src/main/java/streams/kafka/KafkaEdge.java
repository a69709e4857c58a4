package streams.kafka;

import actors.broker.Edge;
import actors.broker.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import streams.net.Accept;

/**
 * The Kafka listener on whichever actor system a node has, on one port through all of them. Where
 * any free port will do, it is bound before the node starts, since the node tells the cluster its
 * port before it serves; who connects in between waits.
 */
public final class KafkaEdge implements Edge, AutoCloseable {
  private final int port;
  private final boolean watchesAddress;
  private Optional<Accept> reserved;

  private KafkaEdge(int port, Optional<Accept> reserved, boolean watchesAddress) {
    this.port = port;
    this.reserved = reserved;
    this.watchesAddress = watchesAddress;
  }

  /**
   * @param host where the node will listen
   * @param port 0 takes a free one, at once
   * @param watchesAddress whether what the node advertises was said by somebody, who may be wrong
   * @throws IOException if no port is free; the message says on which address
   */
  public static KafkaEdge at(String host, int port, boolean watchesAddress) throws IOException {
    if (port != 0) {
      return new KafkaEdge(port, Optional.empty(), watchesAddress);
    }
    Accept accept = KafkaServer.bind(host, 0);
    return new KafkaEdge(accept.port(), Optional.of(accept), watchesAddress);
  }

  /** What the node's settings have to say. */
  public int port() {
    return port;
  }

  @Override
  public Opened open(Node node) throws IOException {
    Optional<Accept> bound = take();
    KafkaServer server =
        bound.isPresent() ? KafkaServer.start(node, bound.get()) : KafkaServer.start(node);
    if (!watchesAddress) {
      return server::stop;
    }
    AddressWatch watch = AddressWatch.start(node);
    return () -> {
      watch.stop();
      return server.stop();
    };
  }

  private synchronized Optional<Accept> take() {
    Optional<Accept> taken = reserved;
    reserved = Optional.empty();
    return taken;
  }

  /** Frees the port if the node never came to open it. */
  @Override
  public void close() {
    take()
        .ifPresent(
            accept -> {
              try {
                accept.close();
              } catch (IOException e) {
                throw new UncheckedIOException("port " + port + " was not freed", e);
              }
            });
  }
}
