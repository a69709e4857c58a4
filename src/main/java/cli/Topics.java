package cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Questions about topics, asked over Kafka's admin protocol and waited for. */
final class Topics {
  private static final Comparator<TopicPartition> IN_ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  private final Admin admin;

  Topics(Admin admin) {
    this.admin = admin;
  }

  /** Waits for the answer; a refusal is thrown as what the broker said. */
  static <T> T await(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw Failures.explain(e.getCause());
    }
  }

  List<String> names() throws InterruptedException {
    return await(admin.listTopics().names()).stream().sorted().toList();
  }

  /** By name, in order of names. */
  Map<String, TopicDescription> describe(Collection<String> names) throws InterruptedException {
    DescribeTopicsResult result = admin.describeTopics(names);
    Map<String, TopicDescription> found = new TreeMap<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        result.topicNameValues().entrySet()) {
      try {
        found.put(topic.getKey(), topic.getValue().get());
      } catch (ExecutionException e) {
        throw e.getCause() instanceof UnknownTopicOrPartitionException
            ? noSuchTopic(topic.getKey())
            : Failures.explain(e.getCause());
      }
    }
    return found;
  }

  List<TopicPartition> partitions(String topic) throws InterruptedException {
    return describe(List.of(topic)).get(topic).partitions().stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
      throws InterruptedException {
    Map<TopicPartition, Long> offsets = new TreeMap<>(IN_ORDER);
    found(partitions, spec).forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
  }

  /** Offsets with what the leaders say beside them. */
  Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found(
      Collection<TopicPartition> partitions, OffsetSpec spec) throws InterruptedException {
    Map<TopicPartition, OffsetSpec> question =
        partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> spec));
    Map<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found = new TreeMap<>(IN_ORDER);
    found.putAll(await(admin.listOffsets(question).all()));
    return found;
  }

  static CommandFailure noSuchTopic(String name) {
    return CommandFailure.notFound(
        "there is no topic \"" + name + "\"; make it with: granary topic create " + name);
  }
}
