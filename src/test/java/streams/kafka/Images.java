package streams.kafka;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/** Images of small clusters. Brokers 1 to 3 live; the controller is on 2. */
final class Images {
  static final String CLUSTER_ID = "granary-test-cluster-1";
  static final ClusterMetadata BROKERS =
      with(broker(1, false), with(broker(2, false), with(broker(3, false), empty())));

  private Images() {}

  static ClusterMetadata of(TopicImage... topics) {
    ClusterMetadata image = BROKERS;
    for (TopicImage topic : topics) {
      image = with(topic, image);
    }
    return image;
  }

  static ClusterMetadata with(TopicImage topic, ClusterMetadata image) {
    return copy(
        image,
        image.topics().plus(topic.name(), topic),
        image.topicNames().plus(topic.id(), topic.name()),
        image.brokers());
  }

  static ClusterMetadata without(TopicImage topic, ClusterMetadata image) {
    return copy(
        image,
        image.topics().minus(topic.name()),
        image.topicNames().minus(topic.id()),
        image.brokers());
  }

  static ClusterMetadata fenced(int broker, ClusterMetadata image) {
    return with(broker(broker, true), image);
  }

  static TopicImage topic(String name, PartitionImage... partitions) {
    return new TopicImage(Uuid.randomUuid(), name, Map.of(), List.of(partitions));
  }

  /** Partitions led by broker 1, with replicas on 1 and 2. */
  static TopicImage topic(String name, int partitions, Map<String, String> configs) {
    return new TopicImage(
        Uuid.randomUuid(),
        name,
        configs,
        IntStream.range(0, partitions).mapToObj(index -> partition(index, 1, 1, 2)).toList());
  }

  static PartitionImage partition(int index, int leader, Integer... replicas) {
    return new PartitionImage(
        index, List.of(replicas), List.of(replicas), List.of(), leader, new LeaderEpoch(5), 9);
  }

  private static ClusterMetadata empty() {
    return new ClusterMetadata(
        1, CLUSTER_ID, 1, 2, TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty(), 0);
  }

  /** The brokers, with settings that were changed while they run. */
  static ClusterMetadata withBrokerConfigs(Map<Integer, Map<String, String>> configs) {
    return new ClusterMetadata(
        BROKERS.version() + 1,
        BROKERS.clusterId(),
        BROKERS.controllerEpoch(),
        BROKERS.controllerId(),
        BROKERS.topics(),
        BROKERS.topicNames(),
        BROKERS.brokers(),
        BROKERS.nextProducerId(),
        TreePMap.from(configs));
  }

  private static BrokerImage broker(int id, boolean fenced) {
    return new BrokerImage(
        id,
        new BrokerEpoch(id),
        "host-" + id,
        9092 + id,
        id == 3 ? Optional.empty() : Optional.of("rack-" + id),
        fenced);
  }

  private static ClusterMetadata with(BrokerImage broker, ClusterMetadata image) {
    return copy(
        image, image.topics(), image.topicNames(), image.brokers().plus(broker.id(), broker));
  }

  private static ClusterMetadata copy(
      ClusterMetadata image,
      PSortedMap<String, TopicImage> topics,
      PMap<Uuid, String> names,
      PSortedMap<Integer, BrokerImage> brokers) {
    return new ClusterMetadata(
        image.version() + 1,
        image.clusterId(),
        image.controllerEpoch(),
        image.controllerId(),
        topics,
        names,
        brokers,
        image.nextProducerId());
  }
}
