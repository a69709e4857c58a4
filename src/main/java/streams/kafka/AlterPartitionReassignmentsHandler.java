package streams.kafka;

import actors.controller.Controller;
import actors.controller.Controller.PartitionResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;

/** Moves replicas to other brokers, or calls a move off (KIP-455, KIP-860). */
final class AlterPartitionReassignmentsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
  }

  @Override
  public void handle(Exchange exchange) {
    AlterPartitionReassignmentsRequest request =
        (AlterPartitionReassignmentsRequest) exchange.request();
    boolean otherCount = request.data().allowReplicationFactorChange();
    Map<TopicPartition, Optional<List<Integer>>> wishes = new LinkedHashMap<>();
    Optional<String> wrong = collect(request.data(), wishes);
    if (wrong.isPresent()) {
      exchange.refuse(Errors.INVALID_REQUEST, wrong.get());
      return;
    }
    exchange.respond(
        new ControllerOrders(
                exchange.node(), RequestLimits.changeTimeout(request.data().timeoutMs()))
            .sendAboutPartitions(
                replyTo -> new Controller.AlterReassignments(wishes, otherCount, replyTo))
            .thenApply(
                outcome ->
                    outcome.<ApiMessage>fold(
                        results -> answer(results.results(), otherCount),
                        refused ->
                            request
                                .getErrorResponse(refused.error().exception(refused.message()))
                                .data())));
  }

  /** What is wrong with the request itself, if anything is. */
  private static Optional<String> collect(
      AlterPartitionReassignmentsRequestData request,
      Map<TopicPartition, Optional<List<Integer>>> wishes) {
    for (ReassignableTopic topic : request.topics()) {
      for (ReassignablePartition partition : topic.partitions()) {
        TopicPartition place = new TopicPartition(topic.name(), partition.partitionIndex());
        if (wishes.put(place, Optional.ofNullable(partition.replicas())) != null) {
          return Optional.of(place + " is named twice");
        }
        if (wishes.size() > RequestLimits.PARTITIONS_MAX) {
          return Optional.of(
              "at most " + RequestLimits.PARTITIONS_MAX + " partitions in one request");
        }
      }
    }
    return Optional.empty();
  }

  private static AlterPartitionReassignmentsResponseData answer(
      List<PartitionResult> results, boolean otherCount) {
    Map<String, ReassignableTopicResponse> topics = new LinkedHashMap<>();
    for (PartitionResult result : results) {
      topics
          .computeIfAbsent(
              result.partition().topic(), topic -> new ReassignableTopicResponse().setName(topic))
          .partitions()
          .add(
              new ReassignablePartitionResponse()
                  .setPartitionIndex(result.partition().partition())
                  .setErrorCode(result.error().code())
                  .setErrorMessage(result.error() == Errors.NONE ? null : result.message()));
    }
    return new AlterPartitionReassignmentsResponseData()
        .setAllowReplicationFactorChange(otherCount)
        .setErrorMessage(null)
        .setResponses(new ArrayList<>(topics.values()));
  }
}
