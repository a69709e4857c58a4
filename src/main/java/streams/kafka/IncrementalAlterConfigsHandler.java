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
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;

/**
 * Changes single settings of topics and of running brokers (KIP-339, KIP-226); of the latter only a
 * few, the others are in cluster.conf.
 */
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
    ControllerOrders orders = new ControllerOrders(node, RequestLimits.ALTER_TIMEOUT);
    CompletionStage<Map<Subject, Outcome<TopicImage>>> topics =
        orders.carryOut(
            wishes(request, new ConfigAlterations(node.metadata(), node.configs())),
            (alteration, replyTo) ->
                new Controller.AlterTopicConfig(
                    alteration.topic(), alteration.changes(), validateOnly, replyTo),
            (image, topic) -> validateOnly || isAltered(image, topic));
    CompletionStage<Map<Subject, Outcome<Controller.Altered>>> brokers =
        orders.carryOutOnBrokers(
            brokerWishes(request),
            (alteration, replyTo) ->
                new Controller.AlterBrokerConfig(
                    alteration.brokerId(), alteration.changes(), validateOnly, replyTo),
            (image, altered) -> validateOnly || image.version() >= altered.version());
    exchange.respond(topics.thenCombine(brokers, IncrementalAlterConfigsHandler::answer));
  }

  record Subject(byte type, String name) {
    static Subject of(AlterConfigsResource resource) {
      return new Subject(resource.resourceType(), resource.resourceName());
    }
  }

  record Alteration(String topic, Map<String, Optional<String>> changes) {}

  static Wishes<Subject, Alteration> wishes(
      IncrementalAlterConfigsRequestData request, ConfigAlterations alterations) {
    Wishes<Subject, Alteration> wishes = new Wishes<>();
    for (AlterConfigsResource resource : request.resources()) {
      if (!isBroker(resource)) {
        wishes.add(Subject.of(resource), () -> alteration(resource, alterations));
      }
    }
    return wishes;
  }

  private static Wishes<Subject, BrokerAlterations.Alteration> brokerWishes(
      IncrementalAlterConfigsRequestData request) {
    Wishes<Subject, BrokerAlterations.Alteration> wishes = new Wishes<>();
    for (AlterConfigsResource resource : request.resources()) {
      if (isBroker(resource)) {
        wishes.add(Subject.of(resource), () -> BrokerAlterations.of(resource));
      }
    }
    return wishes;
  }

  private static boolean isBroker(AlterConfigsResource resource) {
    return resource.resourceType() == ConfigResource.Type.BROKER.id();
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
  private static boolean isAltered(ClusterMetadata image, TopicImage altered) {
    return image
        .topic(altered.id())
        .map(topic -> topic.configs().equals(altered.configs()))
        .orElse(true);
  }

  private static IncrementalAlterConfigsResponseData answer(
      Map<Subject, Outcome<TopicImage>> topics, Map<Subject, Outcome<Controller.Altered>> brokers) {
    List<AlterConfigsResourceResponse> responses = new ArrayList<>();
    topics.forEach((subject, outcome) -> responses.add(response(subject, outcome)));
    brokers.forEach((subject, outcome) -> responses.add(response(subject, outcome)));
    return new IncrementalAlterConfigsResponseData().setResponses(responses);
  }

  private static AlterConfigsResourceResponse response(Subject subject, Outcome<?> outcome) {
    AlterConfigsResourceResponse response =
        new AlterConfigsResourceResponse()
            .setResourceType(subject.type())
            .setResourceName(subject.name());
    return outcome.fold(
        altered -> response.setErrorMessage(null),
        refused ->
            response.setErrorCode(refused.error().code()).setErrorMessage(refused.message()));
  }
}
