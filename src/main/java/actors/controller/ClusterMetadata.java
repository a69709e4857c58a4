package actors.controller;

import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The image of the cluster: what all facts together say. Immutable and shared between threads; a
 * change copies only the path to what changed.
 *
 * @param version counts the facts applied; brokers follow the image by it
 * @param controllerEpoch grows with each controller that takes office
 * @param topics by name
 * @param topicNames name of each topic id
 * @param brokers by broker id
 * @param nextProducerId first producer id of the next block to hand out
 */
public record ClusterMetadata(
    long version,
    String clusterId,
    int controllerEpoch,
    int controllerId,
    PSortedMap<String, TopicImage> topics,
    PMap<Uuid, String> topicNames,
    PSortedMap<Integer, BrokerImage> brokers,
    long nextProducerId) {

  /** Before the first fact. */
  public static final ClusterMetadata EMPTY =
      new ClusterMetadata(
          0, "", 0, -1, TreePMap.empty(), HashTreePMap.empty(), TreePMap.empty(), 0);

  public Optional<TopicImage> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  public Optional<TopicImage> topic(Uuid id) {
    return Optional.ofNullable(topicNames.get(id)).map(topics::get);
  }

  public Optional<PartitionImage> partition(String topic, int partition) {
    TopicImage image = topics.get(topic);
    return image == null || partition < 0 || partition >= image.partitions().size()
        ? Optional.empty()
        : Optional.of(image.partitions().get(partition));
  }
}
