package actors.controller;

import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * Moves replicas to other brokers, or calls a move off: Kafka's AlterPartitionReassignments
 * (KIP-455, KIP-860). When a move is over is decided with every change of the partition, in {@link
 * Elections#settled}.
 *
 * @param defaults broker-wide settings, for elections
 */
record ReassignmentDecisions(BrokerConfigs defaults) {

  /**
   * Each partition for itself; what was accepted is one write.
   *
   * @param wishes the replicas wanted, the preferred leader first; empty: call the move off
   * @param otherCount whether there may be another number of replicas than before
   */
  Decision<Controller.PartitionResults> alter(
      ClusterMetadata image,
      Map<TopicPartition, Optional<List<Integer>>> wishes,
      boolean otherCount) {
    List<Controller.PartitionResult> results = new ArrayList<>();
    List<PartitionChange> changes = new ArrayList<>();
    wishes.forEach(
        (partition, target) -> {
          Outcome<Optional<PartitionChange>> outcome = change(image, partition, target, otherCount);
          if (outcome instanceof Outcome.Accepted<Optional<PartitionChange>> accepted) {
            accepted.value().ifPresent(changes::add);
          }
          results.add(Controller.PartitionResult.of(partition, outcome));
        });
    return Controller.PartitionResults.of(image, Elections.asFacts(changes), results);
  }

  /** No change: it is so already. */
  private Outcome<Optional<PartitionChange>> change(
      ClusterMetadata image,
      TopicPartition one,
      Optional<List<Integer>> target,
      boolean otherCount) {
    Optional<PartitionImage> partition = image.partition(one.topic(), one.partition());
    if (partition.isEmpty()) {
      return Outcome.refused(Errors.UNKNOWN_TOPIC_OR_PARTITION, "There is no partition %s.", one);
    }
    TopicImage topic = image.topics().get(one.topic());
    return target.isPresent()
        ? moved(image, topic, partition.get(), target.get(), otherCount)
        : calledOff(image, topic, partition.get());
  }

  private Outcome<Optional<PartitionChange>> moved(
      ClusterMetadata image,
      TopicImage topic,
      PartitionImage partition,
      List<Integer> target,
      boolean otherCount) {
    Optional<String> wrong = wrong(target, image);
    if (wrong.isPresent()) {
      return Outcome.refused(
          Errors.INVALID_REPLICA_ASSIGNMENT, "The replicas are wrong: %s.", wrong.get());
    }
    int before = partition.target().size();
    if (!otherCount && target.size() != before) {
      return Outcome.refused(
          Errors.INVALID_REPLICATION_FACTOR,
          "The number of replicas may not change from %d to %d.",
          before,
          target.size());
    }
    PartitionChange change =
        Elections.settled(
            topic.id(),
            partition,
            Reassignment.begun(partition, target),
            Elections.Standings.of(image),
            rules(topic));
    return Outcome.accepted(Optional.of(change).filter(made -> made.changes(partition)));
  }

  private static Optional<String> wrong(List<Integer> target, ClusterMetadata image) {
    if (target.isEmpty() || target.size() > Limits.REPLICATION_FACTOR_MAX) {
      return Optional.of("there are " + target.size());
    }
    if (new HashSet<>(target).size() != target.size()) {
      return Optional.of("a broker is named twice");
    }
    return target.stream()
        .filter(brokerId -> !image.brokers().containsKey(brokerId))
        .findFirst()
        .map(brokerId -> "broker " + brokerId + " is unknown");
  }

  private Outcome<Optional<PartitionChange>> calledOff(
      ClusterMetadata image, TopicImage topic, PartitionImage partition) {
    if (!partition.isReassigned()) {
      return Outcome.refused(
          Errors.NO_REASSIGNMENT_IN_PROGRESS,
          "The replicas of %s-%d are not on the move.",
          topic.name(),
          partition.partition());
    }
    Reassignment.Reverted reverted = Reassignment.reverted(partition, image::isActive);
    Elections.Rules rules = rules(topic);
    if (reverted.possibleLoss() && !rules.unclean()) {
      return Outcome.refused(
          Errors.INVALID_REPLICA_ASSIGNMENT,
          "Only replicas that were added are in sync; without them records would be lost.");
    }
    PartitionChange change =
        Elections.settled(
            topic.id(), partition, reverted.partition(), Elections.Standings.of(image), rules);
    return Outcome.accepted(
        Optional.of(reverted.possibleLoss() ? change.withPossibleLoss() : change));
  }

  private Elections.Rules rules(TopicImage topic) {
    return Elections.Rules.of(topic.configs(), defaults);
  }
}
