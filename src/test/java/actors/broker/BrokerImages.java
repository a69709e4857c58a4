package actors.broker;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PSortedMap;

/** Images of small clusters, by hand. */
record BrokerImages(ClusterMetadata image) {
  static BrokerImages of(long version) {
    return new BrokerImages(ClusterMetadata.EMPTY).at(version);
  }

  BrokerImages at(long version) {
    return new BrokerImages(
        new ClusterMetadata(
            version,
            "cluster",
            1,
            1,
            image.topics(),
            image.topicNames(),
            image.brokers(),
            image.nextProducerId()));
  }

  BrokerImages withBroker(int id, long epoch, boolean fenced) {
    BrokerImage broker =
        new BrokerImage(id, new BrokerEpoch(epoch), "host", 9_092, Optional.empty(), fenced);
    return new BrokerImages(
        new ClusterMetadata(
            image.version(),
            image.clusterId(),
            1,
            1,
            image.topics(),
            image.topicNames(),
            image.brokers().plus(id, broker),
            0));
  }

  /** In place of one of the same name, if there is any. */
  BrokerImages withTopic(TopicImage topic) {
    return withTopics(image.topics().plus(topic.name(), topic));
  }

  BrokerImages withoutTopic(String name) {
    return withTopics(image.topics().minus(name));
  }

  private BrokerImages withTopics(PSortedMap<String, TopicImage> topics) {
    Map<Uuid, String> names = new HashMap<>();
    topics.values().forEach(topic -> names.put(topic.id(), topic.name()));
    return new BrokerImages(
        new ClusterMetadata(
            image.version(),
            image.clusterId(),
            1,
            1,
            topics,
            HashTreePMap.from(names),
            image.brokers(),
            0));
  }

  /** Each partition on these brokers, led by the first of them. */
  static TopicImage topic(String name, int partitions, int epoch, Integer... replicas) {
    List<PartitionImage> all = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      all.add(partition(partition, epoch, replicas));
    }
    return new TopicImage(Uuid.randomUuid(), name, Map.of(), all);
  }

  static PartitionImage partition(int partition, int epoch, Integer... replicas) {
    List<Integer> ids = List.of(replicas);
    return new PartitionImage(
        partition, ids, ids, List.of(), ids.get(0), new LeaderEpoch(epoch), epoch);
  }
}
