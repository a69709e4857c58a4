package streams.kafka;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;

/**
 * Creates topics, each for itself: one that is refused does not keep the others from being made.
 * The answer leaves when this broker knows the new topics, so that the client may use them at once.
 */
final class CreateTopicsHandler implements ApiHandler {
  private static final int DEFAULT = -1;

  @Override
  public ApiKeys api() {
    return ApiKeys.CREATE_TOPICS;
  }

  @Override
  public void handle(Exchange exchange) {
    CreateTopicsRequestData request = ((CreateTopicsRequest) exchange.request()).data();
    Map<String, Outcome<TopicSpec>> wanted = specs(request);
    boolean validateOnly = request.validateOnly();
    ControllerOrders orders =
        new ControllerOrders(exchange.node(), RequestLimits.changeTimeout(request.timeoutMs()));
    exchange.respond(
        orders
            .settle(
                wanted.values().stream()
                    .map(
                        spec ->
                            orders.send(
                                spec,
                                accepted ->
                                    replyTo ->
                                        new Controller.CreateTopic(
                                            accepted, validateOnly, replyTo)))
                    .toList(),
                (image, topic) -> validateOnly || image.topic(topic.id()).isPresent())
            .thenApply(outcomes -> answer(new ArrayList<>(wanted.keySet()), outcomes)));
  }

  /** What is asked of the controller, or why it is not, by name; each name once. */
  static Map<String, Outcome<TopicSpec>> specs(CreateTopicsRequestData request) {
    Map<String, Outcome<TopicSpec>> specs = new LinkedHashMap<>();
    for (CreatableTopic topic : request.topics()) {
      if (specs.containsKey(topic.name())) {
        specs.put(
            topic.name(),
            Outcome.refused(Errors.INVALID_REQUEST, "topic %s is named twice", topic.name()));
      } else if (specs.size() >= RequestLimits.CHANGES_MAX) {
        specs.put(topic.name(), RequestLimits.tooManyChanges());
      } else {
        specs.put(topic.name(), spec(topic));
      }
    }
    return specs;
  }

  private static Outcome<TopicSpec> spec(CreatableTopic topic) {
    Map<Integer, List<Integer>> assignments = new TreeMap<>();
    for (CreatableReplicaAssignment assignment : topic.assignments()) {
      if (assignments.put(assignment.partitionIndex(), assignment.brokerIds()) != null) {
        return Outcome.refused(
            Errors.INVALID_REPLICA_ASSIGNMENT,
            "partition %d is assigned twice",
            assignment.partitionIndex());
      }
    }
    if (!assignments.isEmpty()
        && (topic.numPartitions() != DEFAULT || topic.replicationFactor() != DEFAULT)) {
      return Outcome.refused(
          Errors.INVALID_REQUEST,
          "with replicas assigned by hand, partitions and replication factor must be -1");
    }
    Map<String, String> configs = new TreeMap<>();
    for (CreatableTopicConfig config : topic.configs()) {
      if (config.value() == null) {
        return Outcome.refused(Errors.INVALID_CONFIG, "%s has no value", config.name());
      }
      configs.put(config.name(), config.value());
    }
    return Outcome.accepted(
        new TopicSpec(
            topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, configs));
  }

  private static CreateTopicsResponseData answer(
      List<String> names, List<Outcome<TopicImage>> outcomes) {
    CreatableTopicResultCollection results = new CreatableTopicResultCollection(names.size());
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      results.add(
          outcomes.get(i).fold(CreateTopicsHandler::created, refused -> refused(name, refused)));
    }
    return new CreateTopicsResponseData().setTopics(results);
  }

  private static CreatableTopicResult created(TopicImage topic) {
    int replicas = topic.partitions().isEmpty() ? 0 : topic.partitions().get(0).replicas().size();
    return new CreatableTopicResult()
        .setName(topic.name())
        .setTopicId(topic.id())
        .setErrorMessage(null)
        .setNumPartitions(topic.partitions().size())
        .setReplicationFactor((short) replicas);
  }

  private static CreatableTopicResult refused(String name, Outcome.Refused<TopicImage> refused) {
    return new CreatableTopicResult()
        .setName(name)
        .setErrorCode(refused.error().code())
        .setErrorMessage(refused.message());
  }
}
