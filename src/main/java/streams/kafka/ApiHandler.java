package streams.kafka;

import org.apache.kafka.common.protocol.ApiKeys;

/**
 * One Kafka API. Stateless, shared by all connections; what one request needs lives in its
 * exchange.
 */
public interface ApiHandler {
  ApiKeys api();

  /**
   * Runs on the connection's thread and must not block; answers now or later, exactly once, through
   * the exchange.
   */
  void handle(Exchange exchange);
}
