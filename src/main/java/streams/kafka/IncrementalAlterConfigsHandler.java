package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;

/** Changes single settings of topics (KIP-339); those of brokers are in cluster.conf. */
final class IncrementalAlterConfigsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
  }

  @Override
  public void handle(Exchange exchange) {
    IncrementalAlterConfigsRequestData request =
        ((IncrementalAlterConfigsRequest) exchange.request()).data();
    Node node = exchange.node();
    boolean validateOnly = request.validateOnly();
    exchange.respond(
        new ControllerOrders(node, RequestLimits.ALTER_TIMEOUT)
            .carryOut(
                wishes(request, new ConfigAlterations(node.metadata(), node.configs())),
                (alteration, replyTo) ->
                    new Controller.AlterTopicConfig(
                        alteration.topic(), alteration.changes(), validateOnly, replyTo),
                (image, topic) -> validateOnly || isAltered(image, topic))
            .thenApply(IncrementalAlterConfigsHandler::answer));
  }

  record Subject(byte type, String name) {}

  record Alteration(String topic, Map<String, Optional<String>> changes) {}

  static Wishes<Subject, Alteration> wishes(
      IncrementalAlterConfigsRequestData request, ConfigAlterations alterations) {
    Wishes<Subject, Alteration> wishes = new Wishes<>();
    for (AlterConfigsResource resource : request.resources()) {
      wishes.add(
          new Subject(resource.resourceType(), resource.resourceName()),
          () -> alteration(resource, alterations));
    }
    return wishes;
  }

  private static Outcome<Alteration> alteration(
      AlterConfigsResource resource, ConfigAlterations alterations) {
    return alterations
        .changes(resource)
        .fold(
            changes -> Outcome.accepted(new Alteration(resource.resourceName(), changes)),
            refused -> new Outcome.Refused<>(refused.error(), refused.message()));
  }

  /** A topic that has gone meanwhile is not waited for. */
  static boolean isAltered(ClusterMetadata image, TopicImage altered) {
    return image
        .topic(altered.id())
        .map(topic -> topic.configs().equals(altered.configs()))
        .orElse(true);
  }

  private static IncrementalAlterConfigsResponseData answer(
      Map<Subject, Outcome<TopicImage>> outcomes) {
    List<AlterConfigsResourceResponse> responses = new ArrayList<>();
    outcomes.forEach(
        (subject, outcome) -> {
          AlterConfigsResourceResponse response =
              new AlterConfigsResourceResponse()
                  .setResourceType(subject.type())
                  .setResourceName(subject.name());
          responses.add(
              outcome.fold(
                  altered -> response.setErrorMessage(null),
                  refused ->
                      response
                          .setErrorCode(refused.error().code())
                          .setErrorMessage(refused.message())));
        });
    return new IncrementalAlterConfigsResponseData().setResponses(responses);
  }
}
