package streams.grpc;

import actors.broker.Node;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import streams.grpc.v1.Partition;
import streams.grpc.v1.Topic;

/** Topics as messages, and their ids. */
final class TopicMessages {
  private TopicMessages() {}

  static Topic topic(TopicImage image, ClusterMetadata cluster, Node node) {
    Topic.Builder topic =
        Topic.newBuilder()
            .setName(image.name())
            .setId(bytes(image.id()))
            .putAllConfigs(image.configs())
            .setBatchBytesMax(
                EffectiveTopicConfig.of(image.configs(), node.configs()).batchBytesMax());
    image.partitions().forEach(partition -> topic.addPartitions(partition(partition, cluster)));
    return topic.build();
  }

  private static Partition partition(PartitionImage image, ClusterMetadata cluster) {
    return Partition.newBuilder()
        .setPartition(image.partition())
        .setLeader(cluster.isLive(image.leader()) ? image.leader() : PartitionImage.NO_LEADER)
        .setLeaderEpoch(image.leaderEpoch().value())
        .addAllReplicas(image.replicas())
        .addAllInSync(image.isr())
        .build();
  }

  static ByteString bytes(Uuid id) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).flip();
    return ByteString.copyFrom(bytes);
  }

  /** Empty if these are not the bytes of an id. */
  static Optional<Uuid> id(ByteString bytes) {
    if (bytes.size() != 2 * Long.BYTES) {
      return Optional.empty();
    }
    ByteBuffer id = bytes.asReadOnlyByteBuffer();
    return Optional.of(new Uuid(id.getLong(), id.getLong()));
  }
}
