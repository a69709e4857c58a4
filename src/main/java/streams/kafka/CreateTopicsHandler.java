package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.config.BrokerConfigs;
import actors.config.EffectiveSetting;
import actors.config.EffectiveTopicConfig;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
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
    Node node = exchange.node();
    boolean validateOnly = request.validateOnly();
    exchange.respond(
        new ControllerOrders(node, RequestLimits.changeTimeout(request.timeoutMs()))
            .carryOut(
                wishes(request),
                (spec, replyTo) -> new Controller.CreateTopic(spec, validateOnly, replyTo),
                (image, topic) -> validateOnly || image.topic(topic.id()).isPresent())
            .thenApply(outcomes -> answer(outcomes, node.configs())));
  }

  static Wishes<String, TopicSpec> wishes(CreateTopicsRequestData request) {
    Wishes<String, TopicSpec> wishes = new Wishes<>();
    request.topics().forEach(topic -> wishes.add(topic.name(), () -> spec(topic)));
    return wishes;
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
      Map<String, Outcome<TopicImage>> outcomes, BrokerConfigs brokerConfigs) {
    CreatableTopicResultCollection results = new CreatableTopicResultCollection(outcomes.size());
    outcomes.forEach(
        (name, outcome) ->
            results.add(
                outcome.fold(
                    topic -> created(topic, brokerConfigs), refused -> refused(name, refused))));
    return new CreateTopicsResponseData().setTopics(results);
  }

  private static CreatableTopicResult created(TopicImage topic, BrokerConfigs brokerConfigs) {
    int replicas = topic.partitions().isEmpty() ? 0 : topic.partitions().get(0).replicas().size();
    return new CreatableTopicResult()
        .setName(topic.name())
        .setTopicId(topic.id())
        .setErrorMessage(null)
        .setNumPartitions(topic.partitions().size())
        .setReplicationFactor((short) replicas)
        .setConfigs(
            EffectiveTopicConfig.of(topic.configs(), brokerConfigs).settings().stream()
                .map(CreateTopicsHandler::shown)
                .toList());
  }

  private static CreatableTopicConfigs shown(EffectiveSetting setting) {
    return new CreatableTopicConfigs()
        .setName(setting.name())
        .setValue(setting.value())
        .setConfigSource(setting.source().kafka().id());
  }

  private static CreatableTopicResult refused(String name, Outcome.Refused<TopicImage> refused) {
    return new CreatableTopicResult()
        .setName(name)
        .setErrorCode(refused.error().code())
        .setErrorMessage(refused.message());
  }
}
