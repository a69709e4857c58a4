package cli;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import streams.kafka.BrokerConnection;

/**
 * Asks the leaders of partitions how far the replicas are. Kafka's admin client has no such
 * question, though its protocol has one that fits: DescribeQuorum, which an Apache Kafka answers
 * for its metadata only. Whoever does not answer is left out.
 */
final class LeaderQuestions implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** By broker id; empty for one that could not be reached, which is not tried again. */
  private final Map<Integer, Optional<BrokerConnection>> connections = new HashMap<>();

  /** By partition, as far as leaders answer. */
  Map<Integer, PartitionProgress> ask(TopicDescription topic) {
    Map<Integer, PartitionProgress> known = new TreeMap<>();
    Map<Node, List<TopicPartitionInfo>> led =
        topic.partitions().stream()
            .filter(PartitionRow::hasLeader)
            .collect(Collectors.groupingBy(TopicPartitionInfo::leader));
    led.forEach((leader, partitions) -> ask(leader, question(topic.name(), partitions), known));
    return known;
  }

  private void ask(
      Node leader, DescribeQuorumRequestData question, Map<Integer, PartitionProgress> known) {
    Optional<BrokerConnection> connection =
        connections.computeIfAbsent(leader.id(), id -> open(leader));
    if (connection.isEmpty()) {
      return;
    }
    try {
      DescribeQuorumResponse answer =
          (DescribeQuorumResponse)
              connection.get().ask(new DescribeQuorumRequest.Builder(question));
      answer.data().topics().stream()
          .flatMap(topic -> topic.partitions().stream())
          .filter(partition -> partition.errorCode() == Errors.NONE.code())
          .forEach(partition -> known.put(partition.partitionIndex(), progress(partition)));
    } catch (IOException | KafkaException noAnswer) {
      // As the broker that is gone: what it would have said stays empty.
      forget(leader.id());
    }
  }

  private static Optional<BrokerConnection> open(Node leader) {
    try {
      return Optional.of(BrokerConnection.open(leader.host(), leader.port(), PATIENCE));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }

  private static DescribeQuorumRequestData question(
      String topic, List<TopicPartitionInfo> partitions) {
    return new DescribeQuorumRequestData()
        .setTopics(
            List.of(
                new DescribeQuorumRequestData.TopicData()
                    .setTopicName(topic)
                    .setPartitions(
                        partitions.stream()
                            .map(
                                partition ->
                                    new DescribeQuorumRequestData.PartitionData()
                                        .setPartitionIndex(partition.partition()))
                            .toList())));
  }

  private static PartitionProgress progress(DescribeQuorumResponseData.PartitionData partition) {
    Map<Integer, Long> ends = new TreeMap<>();
    partition.currentVoters().forEach(state -> ends.put(state.replicaId(), state.logEndOffset()));
    partition.observers().forEach(state -> ends.put(state.replicaId(), state.logEndOffset()));
    return new PartitionProgress(
        partition.leaderId(), partition.leaderEpoch(), partition.highWatermark(), ends);
  }

  private void forget(int broker) {
    Optional<BrokerConnection> connection = connections.put(broker, Optional.empty());
    if (connection != null) {
      connection.ifPresent(LeaderQuestions::close);
    }
  }

  private static void close(BrokerConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // Nothing was being said.
    }
  }

  @Override
  public void close() {
    connections.values().forEach(connection -> connection.ifPresent(LeaderQuestions::close));
  }
}
