package streams.kafka;

import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;

/**
 * Which replicas are on the move (KIP-455), of all topics or of the partitions named. What does not
 * exist or stays where it is is left out.
 */
final class ListPartitionReassignmentsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
  }

  @Override
  public void handle(Exchange exchange) {
    ListPartitionReassignmentsRequestData request =
        ((ListPartitionReassignmentsRequest) exchange.request()).data();
    exchange.respond(answer(exchange.node().metadata(), request));
  }

  static ListPartitionReassignmentsResponseData answer(
      ClusterMetadata image, ListPartitionReassignmentsRequestData request) {
    List<OngoingTopicReassignment> topics = new ArrayList<>();
    asked(image, request)
        .forEach(
            (topic, partitions) -> {
              List<OngoingPartitionReassignment> ongoing =
                  partitions.stream()
                      .flatMap(index -> image.partition(topic, index).stream())
                      .filter(PartitionImage::isReassigned)
                      .map(ListPartitionReassignmentsHandler::ongoing)
                      .toList();
              if (!ongoing.isEmpty()) {
                topics.add(new OngoingTopicReassignment().setName(topic).setPartitions(ongoing));
              }
            });
    return new ListPartitionReassignmentsResponseData().setErrorMessage(null).setTopics(topics);
  }

  /** Partition numbers by topic, each once. */
  private static Map<String, Collection<Integer>> asked(
      ClusterMetadata image, ListPartitionReassignmentsRequestData request) {
    Map<String, Collection<Integer>> asked = new TreeMap<>();
    if (request.topics() == null) {
      image.topics().values().forEach(topic -> asked.put(topic.name(), all(topic)));
    } else {
      request
          .topics()
          .forEach(
              topic ->
                  asked
                      .computeIfAbsent(topic.name(), name -> new LinkedHashSet<>())
                      .addAll(topic.partitionIndexes()));
    }
    return asked;
  }

  private static List<Integer> all(TopicImage topic) {
    return topic.partitions().stream().map(PartitionImage::partition).toList();
  }

  private static OngoingPartitionReassignment ongoing(PartitionImage partition) {
    return new OngoingPartitionReassignment()
        .setPartitionIndex(partition.partition())
        .setReplicas(partition.replicas())
        .setAddingReplicas(partition.adding())
        .setRemovingReplicas(partition.removing());
  }
}
