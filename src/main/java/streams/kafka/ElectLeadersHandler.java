package streams.kafka;

import actors.controller.Controller;
import actors.controller.Controller.PartitionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ElectLeadersRequest;

/**
 * Elects leaders on order (KIP-460): the preferred ones, or any at the price of records. A request
 * that names no partitions means all, and is answered for those that needed an election only.
 */
final class ElectLeadersHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.ELECT_LEADERS;
  }

  @Override
  public void handle(Exchange exchange) {
    ElectLeadersRequest request = (ElectLeadersRequest) exchange.request();
    Optional<ElectionType> type = type(request.data().electionType());
    Optional<List<TopicPartition>> partitions = partitions(request.data());
    if (type.isEmpty()) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "there is no election type " + request.data().electionType());
    } else if (partitions.isPresent() && partitions.get().size() > RequestLimits.PARTITIONS_MAX) {
      exchange.refuse(
          Errors.POLICY_VIOLATION,
          "at most " + RequestLimits.PARTITIONS_MAX + " partitions in one request");
    } else {
      exchange.respond(
          new ControllerOrders(
                  exchange.node(), RequestLimits.changeTimeout(request.data().timeoutMs()))
              .sendAboutPartitions(
                  replyTo -> new Controller.ElectLeaders(type.get(), partitions, replyTo))
              .thenApply(
                  outcome ->
                      outcome.<ApiMessage>fold(
                          results -> answer(results.results()),
                          refused ->
                              request
                                  .getErrorResponse(refused.error().exception(refused.message()))
                                  .data())));
    }
  }

  private static Optional<ElectionType> type(byte value) {
    for (ElectionType type : ElectionType.values()) {
      if (type.value == value) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  private static Optional<List<TopicPartition>> partitions(ElectLeadersRequestData request) {
    if (request.topicPartitions() == null) {
      return Optional.empty();
    }
    List<TopicPartition> partitions = new ArrayList<>();
    request
        .topicPartitions()
        .forEach(
            topic ->
                topic
                    .partitions()
                    .forEach(index -> partitions.add(new TopicPartition(topic.topic(), index))));
    return Optional.of(partitions);
  }

  private static ElectLeadersResponseData answer(List<PartitionResult> results) {
    Map<String, ReplicaElectionResult> topics = new LinkedHashMap<>();
    for (PartitionResult result : results) {
      topics
          .computeIfAbsent(
              result.partition().topic(), topic -> new ReplicaElectionResult().setTopic(topic))
          .partitionResult()
          .add(
              new ElectLeadersResponseData.PartitionResult()
                  .setPartitionId(result.partition().partition())
                  .setErrorCode(result.error().code())
                  .setErrorMessage(result.error() == Errors.NONE ? null : result.message()));
    }
    return new ElectLeadersResponseData()
        .setReplicaElectionResults(new ArrayList<>(topics.values()));
  }
}
