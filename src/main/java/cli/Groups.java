package cli;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Questions about groups, asked over Kafka's admin protocol and waited for. */
final class Groups {
  static final Comparator<TopicPartition> IN_ORDER =
      Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

  private final Admin admin;

  Groups(Admin admin) {
    this.admin = admin;
  }

  /** Waits for the answer about this group; one that is not there is said as such. */
  static <T> T await(String group, KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof GroupIdNotFoundException
          ? noSuchGroup(group)
          : Failures.explain(e.getCause());
    }
  }

  ConsumerGroupDescription describe(String group) throws InterruptedException {
    return await(group, admin.describeConsumerGroups(List.of(group)).describedGroups().get(group));
  }

  /** What is committed, in order of partitions; nothing for a partition without an offset. */
  Map<TopicPartition, OffsetAndMetadata> committed(String group) throws InterruptedException {
    Map<TopicPartition, OffsetAndMetadata> all = new TreeMap<>(IN_ORDER);
    await(group, admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(group))
        .forEach(
            (partition, offset) -> {
              if (offset != null) {
                all.put(partition, offset);
              }
            });
    return all;
  }

  static CommandFailure noSuchGroup(String group) {
    return CommandFailure.notFound("there is no group \"" + group + "\"; see: granary group list");
  }
}
