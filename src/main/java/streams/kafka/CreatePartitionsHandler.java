package streams.kafka;

import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;

/** Gives topics more partitions (KIP-195); the controller places them. */
final class CreatePartitionsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.CREATE_PARTITIONS;
  }

  @Override
  public void handle(Exchange exchange) {
    CreatePartitionsRequestData request = ((CreatePartitionsRequest) exchange.request()).data();
    Map<String, Outcome<Growth>> wanted = growths(request);
    boolean validateOnly = request.validateOnly();
    ControllerOrders orders =
        new ControllerOrders(exchange.node(), RequestLimits.changeTimeout(request.timeoutMs()));
    exchange.respond(
        orders
            .settle(
                wanted.values().stream()
                    .map(
                        growth ->
                            orders.send(
                                growth,
                                accepted ->
                                    replyTo ->
                                        new Controller.AddPartitions(
                                            accepted.topic(),
                                            accepted.newTotal(),
                                            validateOnly,
                                            replyTo)))
                    .toList(),
                (image, topic) -> validateOnly || hasGrown(image, topic))
            .thenApply(outcomes -> answer(new ArrayList<>(wanted.keySet()), outcomes)));
  }

  record Growth(String topic, int newTotal) {}

  /** What is asked of the controller, or why it is not, by topic; each once. */
  static Map<String, Outcome<Growth>> growths(CreatePartitionsRequestData request) {
    Map<String, Outcome<Growth>> growths = new LinkedHashMap<>();
    for (CreatePartitionsTopic topic : request.topics()) {
      if (growths.containsKey(topic.name())) {
        growths.put(
            topic.name(),
            Outcome.refused(Errors.INVALID_REQUEST, "topic %s is named twice", topic.name()));
      } else if (growths.size() >= RequestLimits.CHANGES_MAX) {
        growths.put(topic.name(), RequestLimits.tooManyChanges());
      } else if (topic.assignments() != null) {
        growths.put(
            topic.name(),
            Outcome.refused(
                Errors.INVALID_REPLICA_ASSIGNMENT,
                "replicas of new partitions are placed by the controller; leave them out"));
      } else {
        growths.put(topic.name(), Outcome.accepted(new Growth(topic.name(), topic.count())));
      }
    }
    return growths;
  }

  /** A topic that has gone meanwhile is not waited for. */
  private static boolean hasGrown(ClusterMetadata image, TopicImage grown) {
    return image
        .topic(grown.id())
        .map(topic -> topic.partitions().size() >= grown.partitions().size())
        .orElse(true);
  }

  private static CreatePartitionsResponseData answer(
      List<String> topics, List<Outcome<TopicImage>> outcomes) {
    List<CreatePartitionsTopicResult> results = new ArrayList<>();
    for (int i = 0; i < topics.size(); i++) {
      CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topics.get(i));
      results.add(
          outcomes
              .get(i)
              .fold(
                  grown -> result.setErrorMessage(null),
                  refused ->
                      result
                          .setErrorCode(refused.error().code())
                          .setErrorMessage(refused.message())));
    }
    return new CreatePartitionsResponseData().setResults(results);
  }
}
