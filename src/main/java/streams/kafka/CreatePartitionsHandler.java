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

/** Gives topics more partitions (KIP-195), placed by the controller or as the client says. */
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
                        growth.topic(),
                        growth.newTotal(),
                        growth.assignments(),
                        validateOnly,
                        replyTo),
                (image, topic) -> validateOnly || hasGrown(image, topic))
            .thenApply(CreatePartitionsHandler::answer));
  }

  /**
   * @param assignments broker ids of each new partition; empty: for the controller to choose
   */
  record Growth(String topic, int newTotal, List<List<Integer>> assignments) {}

  static Wishes<String, Growth> wishes(CreatePartitionsRequestData request) {
    Wishes<String, Growth> wishes = new Wishes<>();
    request.topics().forEach(topic -> wishes.add(topic.name(), () -> growth(topic)));
    return wishes;
  }

  private static Outcome<Growth> growth(CreatePartitionsTopic topic) {
    if (topic.assignments() == null) {
      return Outcome.accepted(new Growth(topic.name(), topic.count(), List.of()));
    }
    return topic.assignments().isEmpty()
        ? Outcome.refused(
            Errors.INVALID_REPLICA_ASSIGNMENT,
            "no replicas are assigned; leave the assignment out for the controller to choose")
        : Outcome.accepted(
            new Growth(
                topic.name(),
                topic.count(),
                topic.assignments().stream().map(assignment -> assignment.brokerIds()).toList()));
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
