package streams.kafka;

import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.util.ArrayList;
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
    boolean validateOnly = request.validateOnly();
    exchange.respond(
        new ControllerOrders(exchange.node(), RequestLimits.changeTimeout(request.timeoutMs()))
            .carryOut(
                wishes(request),
                (growth, replyTo) ->
                    new Controller.AddPartitions(
                        growth.topic(), growth.newTotal(), validateOnly, replyTo),
                (image, topic) -> validateOnly || hasGrown(image, topic))
            .thenApply(CreatePartitionsHandler::answer));
  }

  record Growth(String topic, int newTotal) {}

  static Wishes<String, Growth> wishes(CreatePartitionsRequestData request) {
    Wishes<String, Growth> wishes = new Wishes<>();
    request.topics().forEach(topic -> wishes.add(topic.name(), () -> growth(topic)));
    return wishes;
  }

  private static Outcome<Growth> growth(CreatePartitionsTopic topic) {
    return topic.assignments() == null
        ? Outcome.accepted(new Growth(topic.name(), topic.count()))
        : Outcome.refused(
            Errors.INVALID_REPLICA_ASSIGNMENT,
            "replicas of new partitions are placed by the controller; leave them out");
  }

  /** A topic that has gone meanwhile is not waited for. */
  private static boolean hasGrown(ClusterMetadata image, TopicImage grown) {
    return image
        .topic(grown.id())
        .map(topic -> topic.partitions().size() >= grown.partitions().size())
        .orElse(true);
  }

  private static CreatePartitionsResponseData answer(Map<String, Outcome<TopicImage>> outcomes) {
    List<CreatePartitionsTopicResult> results = new ArrayList<>();
    outcomes.forEach(
        (topic, outcome) -> {
          CreatePartitionsTopicResult result = new CreatePartitionsTopicResult().setName(topic);
          results.add(
              outcome.fold(
                  grown -> result.setErrorMessage(null),
                  refused ->
                      result
                          .setErrorCode(refused.error().code())
                          .setErrorMessage(refused.message())));
        });
    return new CreatePartitionsResponseData().setResults(results);
  }
}
