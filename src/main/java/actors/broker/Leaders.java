package actors.broker;

import actors.Outcome;
import actors.access.FarReplicas;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.Replica;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;

/** Finds the leaders of partitions, here and on other brokers. Any thread. */
final class Leaders {
  private final int brokerId;
  private final Supplier<ClusterMetadata> image;
  private final RunningReplicas here;
  private final FarReplicas elsewhere;

  Leaders(
      int brokerId, Supplier<ClusterMetadata> image, RunningReplicas here, FarReplicas elsewhere) {
    this.brokerId = brokerId;
    this.image = image;
    this.here = here;
    this.elsewhere = elsewhere;
  }

  /** As {@link Node#leader}. */
  Outcome<ActorRef<Replica.Command>> find(String topic, int partition) {
    Optional<TopicImage> known = image.get().topic(topic);
    if (known.isEmpty() || partition < 0 || partition >= known.get().partitions().size()) {
      return Outcome.refused(
          Errors.UNKNOWN_TOPIC_OR_PARTITION, "there is no such topic or partition");
    }
    PartitionImage wanted = known.get().partitions().get(partition);
    if (!wanted.hasLeader()) {
      return Outcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "it has no leader");
    }
    return wanted.leader() == brokerId
        ? here.find(topic, partition)
            .map(Outcome::accepted)
            .orElseGet(
                () ->
                    Outcome.refused(Errors.LEADER_NOT_AVAILABLE, "its replica has not started yet"))
        : elsewhere.leader(known.get().id(), wanted);
  }
}
