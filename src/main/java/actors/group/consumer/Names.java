package actors.group.consumer;

import actors.group.TopicsView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/** Partitions by the names that the classic protocol has for topics. */
public final class Names {
  private Names() {}

  /** Partitions of topics that are gone are left out. */
  public static List<TopicPartition> of(Collection<Partition> partitions, TopicsView topics) {
    List<TopicPartition> named = new ArrayList<>();
    for (Partition partition : partitions) {
      topics
          .topic(partition.topicId())
          .ifPresent(topic -> named.add(new TopicPartition(topic.name(), partition.index())));
    }
    return named;
  }

  /** Those that are there, whatever a client says. */
  public static SortedSet<Partition> resolved(Collection<TopicPartition> named, TopicsView topics) {
    TreeSet<Partition> partitions = new TreeSet<>();
    for (TopicPartition each : named) {
      topics
          .topic(each.topic())
          .filter(topic -> each.partition() >= 0 && each.partition() < topic.partitionCount())
          .ifPresent(topic -> partitions.add(new Partition(topic.id(), each.partition())));
    }
    return partitions;
  }
}
