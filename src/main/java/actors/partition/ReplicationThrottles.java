package actors.partition;

import actors.config.DynamicBrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;

/**
 * How fast one broker fills replicas that are not in sync, and has its own filled: Kafka's
 * replication quotas (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-73+Replication+Quotas">KIP-73</a>).
 * Topics say which replicas that is for, brokers how many bytes a second all of those together may
 * have. Any thread.
 */
public final class ReplicationThrottles {
  static final String LEADERS = "leader.replication.throttled.replicas";
  static final String FOLLOWERS = "follower.replication.throttled.replicas";
  private static final String ALL = "*";

  private final int brokerId;
  private final TokenBucket leading = new TokenBucket();
  private final TokenBucket following = new TokenBucket();
  private volatile Map<Uuid, Listed> leaders = Map.of();
  private volatile Map<Uuid, Listed> followers = Map.of();

  /**
   * Of a topic, the replicas that are throttled.
   *
   * @param replicas pairs of partition and broker, or a star
   */
  private record Listed(List<String> replicas) {
    boolean holds(int partition, int brokerId) {
      return replicas.contains(ALL) || replicas.contains(partition + ":" + brokerId);
    }
  }

  public ReplicationThrottles(int brokerId) {
    this.brokerId = brokerId;
  }

  /** What counts from now on. */
  public void configure(ClusterMetadata image) {
    DynamicBrokerConfigs configs =
        new DynamicBrokerConfigs(
            image.configsOf(brokerId), image.configsOf(ClusterMetadata.ALL_BROKERS));
    leading.limitTo(configs.leaderRate());
    following.limitTo(configs.followerRate());
    leaders = listed(LEADERS, image);
    followers = listed(FOLLOWERS, image);
  }

  private static Map<Uuid, Listed> listed(String setting, ClusterMetadata image) {
    Map<Uuid, Listed> listed = new HashMap<>();
    for (TopicImage topic : image.topics().values()) {
      String replicas = topic.configs().get(setting);
      if (replicas != null && !replicas.isBlank()) {
        listed.put(topic.id(), new Listed(List.of(replicas.trim().split("\\s*,\\s*"))));
      }
    }
    return listed;
  }

  /** What this broker sends of the partition to followers that are not in sync. */
  TokenBucket ofLeader(PartitionId partition) {
    return chosen(leaders, partition, leading);
  }

  /** What this broker is sent of the partition while its replica is not in sync. */
  TokenBucket ofFollower(PartitionId partition) {
    return chosen(followers, partition, following);
  }

  private TokenBucket chosen(
      Map<Uuid, Listed> listed, PartitionId partition, TokenBucket throttled) {
    Listed ofTopic = listed.get(partition.topicId());
    return ofTopic != null && ofTopic.holds(partition.partition(), brokerId)
        ? throttled
        : TokenBucket.UNLIMITED;
  }
}
