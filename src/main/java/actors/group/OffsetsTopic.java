package actors.group;

import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;

/**
 * The topic that holds all groups, {@code __consumer_offsets}: its shape, and which group is where.
 */
final class OffsetsTopic {
  static final String NAME = Topic.GROUP_METADATA_TOPIC_NAME;

  private OffsetsTopic() {}

  /** As it is created. */
  static TopicSpec spec(BrokerConfigs configs, int replicationFactor) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("cleanup.policy", "compact");
    settings.put("compression.type", "producer");
    settings.put("segment.bytes", Integer.toString(configs.offsetsSegmentBytes()));
    return new TopicSpec(NAME, configs.offsetsPartitions(), replicationFactor, Map.of(), settings);
  }

  /** The partition that the group falls on; the same for every broker and every Kafka. */
  static int partitionOf(String groupId, int partitionCount) {
    return Utils.abs(groupId.hashCode()) % partitionCount;
  }

  /** Where the group's partition is in the image; empty while there is no such topic. */
  static Optional<PartitionImage> find(ClusterMetadata image, String groupId) {
    return image
        .topic(NAME)
        .map(TopicImage::partitions)
        .map(partitions -> partitions.get(partitionOf(groupId, partitions.size())));
  }
}
