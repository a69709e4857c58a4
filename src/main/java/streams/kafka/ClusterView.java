package streams.kafka;

import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;

/** The image of the cluster as clients are shown it. */
final class ClusterView {
  /**
   * Without an authorizer everybody may do everything; the set as clients read it, one bit each.
   */
  static final int TOPIC_OPERATIONS =
      bits(
          AclOperation.READ,
          AclOperation.WRITE,
          AclOperation.CREATE,
          AclOperation.DELETE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS);

  static final int GROUP_OPERATIONS =
      bits(AclOperation.READ, AclOperation.DELETE, AclOperation.DESCRIBE);

  static final int CLUSTER_OPERATIONS =
      bits(
          AclOperation.CREATE,
          AclOperation.ALTER,
          AclOperation.DESCRIBE,
          AclOperation.CLUSTER_ACTION,
          AclOperation.DESCRIBE_CONFIGS,
          AclOperation.ALTER_CONFIGS,
          AclOperation.IDEMPOTENT_WRITE);

  private ClusterView() {}

  /** Brokers that clients may be sent to, by id. */
  static List<BrokerImage> live(ClusterMetadata image) {
    return image.brokers().values().stream().filter(broker -> !broker.fenced()).toList();
  }

  static boolean isLive(ClusterMetadata image, int brokerId) {
    BrokerImage broker = image.brokers().get(brokerId);
    return broker != null && !broker.fenced();
  }

  /**
   * Where clients send what only the controller can do: its own broker if that is live, else any,
   * since every broker passes such requests on. -1: no broker is live.
   */
  static int controllerId(ClusterMetadata image) {
    return isLive(image, image.controllerId())
        ? image.controllerId()
        : live(image).stream().mapToInt(BrokerImage::id).findFirst().orElse(-1);
  }

  /** The leader that a client can reach, or -1. */
  static int leaderId(ClusterMetadata image, PartitionImage partition) {
    return isLive(image, partition.leader()) ? partition.leader() : PartitionImage.NO_LEADER;
  }

  static List<Integer> offline(ClusterMetadata image, List<Integer> replicas) {
    return replicas.stream().filter(id -> !isLive(image, id)).toList();
  }

  static boolean isInternal(String topic) {
    return Topic.isInternal(topic);
  }

  static boolean isValidName(String topic) {
    return Topic.isValid(topic);
  }

  static boolean isGiven(Uuid id) {
    return id != null && !id.equals(Uuid.ZERO_UUID);
  }

  private static int bits(AclOperation... operations) {
    int bits = 0;
    for (AclOperation operation : operations) {
      bits |= 1 << operation.code();
    }
    return bits;
  }
}
