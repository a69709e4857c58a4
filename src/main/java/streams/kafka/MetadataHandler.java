package streams.kafka;

import actors.broker.Node;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.MetadataRequest;

/**
 * Brokers, topics and who leads what, from this broker's image of the cluster; creates topics that
 * are asked for where broker and client both allow it.
 */
final class MetadataHandler implements ApiHandler {
  private final AutoCreation autoCreation = new AutoCreation();

  @Override
  public ApiKeys api() {
    return ApiKeys.METADATA;
  }

  @Override
  public void handle(Exchange exchange) {
    MetadataRequest request = (MetadataRequest) exchange.request();
    Node node = exchange.node();
    List<String> absent =
        request.allowAutoTopicCreation()
            ? MetadataAnswer.creatable(node.metadata(), request)
            : List.of();
    if (absent.isEmpty() || !node.configs().createsTopicsOnDemand()) {
      exchange.respond(MetadataAnswer.of(node.metadata(), request, Map.of()));
    } else {
      exchange.respond(
          autoCreation
              .create(node, absent)
              .thenApply(creations -> MetadataAnswer.of(node.metadata(), request, creations)));
    }
  }
}
