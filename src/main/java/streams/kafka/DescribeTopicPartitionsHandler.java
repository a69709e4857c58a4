package streams.kafka;

import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;

/**
 * Topics in order of their names, page by page, with the replicas that may still lead without loss
 * (KIP-966).
 */
final class DescribeTopicPartitionsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeTopicPartitionsRequestData request =
        ((DescribeTopicPartitionsRequest) exchange.request()).data();
    if (request.cursor() != null && request.cursor().partitionIndex() < 0) {
      exchange.refuse(Errors.INVALID_REQUEST, "the cursor's partition is negative");
      return;
    }
    exchange.respond(
        page(
            exchange.node().metadata(),
            request,
            exchange.node().configs().partitionsPerAnswerMax()));
  }

  /** From the cursor on, as many partitions as client and broker both allow; at least one. */
  static DescribeTopicPartitionsResponseData page(
      ClusterMetadata image, DescribeTopicPartitionsRequestData request, int allowed) {
    DescribeTopicPartitionsResponseData page = new DescribeTopicPartitionsResponseData();
    int left = partitionsMax(request.responsePartitionLimit(), allowed);
    for (String name : names(image, request)) {
      if (left == 0) {
        return page.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(0));
      }
      List<PartitionImage> partitions =
          image.topic(name).map(TopicImage::partitions).orElse(List.of());
      int from = Math.min(firstPartition(request, name), partitions.size());
      int to = from + Math.min(left, partitions.size() - from);
      page.topics().add(topic(image, name, partitions.subList(from, to)));
      left -= to - from;
      if (to < partitions.size()) {
        return page.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
      }
    }
    return page;
  }

  private static int partitionsMax(int asked, int allowed) {
    return asked > 0 ? Math.min(asked, allowed) : allowed;
  }

  private static NavigableSet<String> names(
      ClusterMetadata image, DescribeTopicPartitionsRequestData request) {
    NavigableSet<String> names = new TreeSet<>();
    if (request.topics().isEmpty()) {
      names.addAll(image.topics().keySet());
    } else {
      request.topics().forEach(topic -> names.add(topic.name()));
    }
    return request.cursor() == null ? names : names.tailSet(request.cursor().topicName(), true);
  }

  private static int firstPartition(DescribeTopicPartitionsRequestData request, String topic) {
    return request.cursor() != null && request.cursor().topicName().equals(topic)
        ? request.cursor().partitionIndex()
        : 0;
  }

  private static DescribeTopicPartitionsResponseTopic topic(
      ClusterMetadata image, String name, List<PartitionImage> partitions) {
    DescribeTopicPartitionsResponseTopic answer =
        new DescribeTopicPartitionsResponseTopic()
            .setName(name)
            .setIsInternal(ClusterView.isInternal(name))
            .setTopicAuthorizedOperations(ClusterView.TOPIC_OPERATIONS);
    return image
        .topic(name)
        .map(
            topic ->
                answer
                    .setTopicId(topic.id())
                    .setPartitions(partitions.stream().map(p -> partition(image, p)).toList()))
        .orElseGet(() -> answer.setErrorCode(absent(name).code()));
  }

  private static Errors absent(String name) {
    return ClusterView.isValidName(name)
        ? Errors.UNKNOWN_TOPIC_OR_PARTITION
        : Errors.INVALID_TOPIC_EXCEPTION;
  }

  private static DescribeTopicPartitionsResponsePartition partition(
      ClusterMetadata image, PartitionImage partition) {
    int leader = ClusterView.leaderId(image, partition);
    Errors error = leader == PartitionImage.NO_LEADER ? Errors.LEADER_NOT_AVAILABLE : Errors.NONE;
    return new DescribeTopicPartitionsResponsePartition()
        .setPartitionIndex(partition.partition())
        .setErrorCode(error.code())
        .setLeaderId(leader)
        .setLeaderEpoch(partition.leaderEpoch().value())
        .setReplicaNodes(partition.replicas())
        .setIsrNodes(partition.isr())
        .setEligibleLeaderReplicas(partition.eligible())
        .setLastKnownElr(List.of())
        .setOfflineReplicas(ClusterView.offline(image, partition.replicas()));
  }
}
