package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.PartitionImage;
import actors.partition.Replica;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;

/** The replica that answers for a partition: this broker's, where the image says that it leads. */
final class LocalLeader {
  private LocalLeader() {}

  static Outcome<ActorRef<Replica.Command>> of(Node node, String topic, int partition) {
    Optional<PartitionImage> image = node.metadata().partition(topic, partition);
    if (image.isEmpty()) {
      return Outcome.refused(
          Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no partition %s-%d", topic, partition);
    }
    return node.replica(topic, partition)
        .filter(replica -> image.get().leader() == node.brokerId())
        .map(Outcome::accepted)
        .orElseGet(
            () ->
                Outcome.refused(
                    Errors.NOT_LEADER_OR_FOLLOWER,
                    "broker %d does not lead %s-%d",
                    node.brokerId(),
                    topic,
                    partition));
  }
}
