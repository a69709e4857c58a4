package actors.access;

import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

/**
 * One broker's leadership of one partition, as somebody believes in it.
 *
 * @param brokerId of the leader
 */
record Reign(Uuid topicId, int partition, int brokerId, LeaderEpoch epoch) {

  /** Why somebody is not let in. */
  record Objection(Errors error, String sentence) {}

  /**
   * What an image says against it: the topic is unknown, another epoch is or was, another broker
   * leads.
   */
  Optional<Objection> objection(ClusterMetadata image) {
    Optional<TopicImage> topic = image.topic(topicId);
    if (topic.isEmpty()) {
      return because(Errors.UNKNOWN_TOPIC_ID, "there is no topic " + topicId);
    }
    if (partition < 0 || partition >= topic.get().partitions().size()) {
      return because(
          Errors.UNKNOWN_TOPIC_OR_PARTITION,
          "topic " + topic.get().name() + " has no partition " + partition);
    }
    PartitionImage known = topic.get().partitions().get(partition);
    int order = known.leaderEpoch().compareTo(epoch);
    if (order != 0) {
      return because(
          order > 0 ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH,
          String.format(
              "%s-%d is in leader epoch %d, not %d",
              topic.get().name(), partition, known.leaderEpoch().value(), epoch.value()));
    }
    if (known.leader() != brokerId) {
      return because(
          Errors.NOT_LEADER_OR_FOLLOWER,
          String.format("broker %d does not lead %s-%d", brokerId, topic.get().name(), partition));
    }
    return Optional.empty();
  }

  private static Optional<Objection> because(Errors error, String sentence) {
    return Optional.of(new Objection(error, sentence));
  }
}
