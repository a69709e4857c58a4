package actors.controller;

import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * What becomes of a replica whose log is damaged. It leaves ISR and ELR, and a new reign begins
 * even if the same broker goes on to lead: whatever the replica has fetched so far counts for
 * nothing, so it may cut its log before it fetches anew. Where nobody else has the records it stays
 * what it is. See docs/decisions/0010-damaged-logs.md.
 *
 * @param defaults broker-wide settings, for elections
 */
record DamageDecisions(BrokerConfigs defaults) {

  /**
   * Accepted, the answer is the partition's next image, in the next leader epoch and without the
   * replica in ISR and ELR. {@code ELIGIBLE_LEADERS_NOT_AVAILABLE} says that no other replica that
   * has the records may lead now; nothing changes then.
   */
  Decision<PartitionImage> withdraw(ClusterMetadata image, DamageReport report) {
    Optional<TopicImage> topic = image.topic(report.topicId());
    if (topic.isEmpty()
        || report.partition() < 0
        || report.partition() >= topic.get().partitions().size()) {
      return Decision.refused(
          Errors.UNKNOWN_TOPIC_ID,
          "There is no partition %d of a topic with the id %s.",
          report.partition(),
          report.topicId());
    }
    PartitionImage partition = topic.get().partitions().get(report.partition());
    return BrokerDecisions.ofRegistered(
        image,
        report.brokerId(),
        report.brokerEpoch(),
        broker ->
            refusal(partition, report)
                .orElseGet(() -> withdrawn(image, topic.get(), partition, report.brokerId())));
  }

  /** Who knows more than we do has heard of it from another controller. */
  private static Optional<Decision<PartitionImage>> refusal(
      PartitionImage partition, DamageReport report) {
    int reign = report.leaderEpoch().compareTo(partition.leaderEpoch());
    if (reign > 0 || report.partitionEpoch() > partition.partitionEpoch()) {
      return Optional.of(
          Decision.refused(
              Errors.NOT_CONTROLLER,
              "This controller knows the partition in leader epoch %d, partition epoch %d only.",
              partition.leaderEpoch().value(),
              partition.partitionEpoch()));
    }
    if (reign < 0) {
      return Optional.of(
          Decision.refused(
              Errors.FENCED_LEADER_EPOCH,
              "The leader epoch is %d, not %d.",
              partition.leaderEpoch().value(),
              report.leaderEpoch().value()));
    }
    if (report.partitionEpoch() < partition.partitionEpoch()) {
      return Optional.of(
          Decision.refused(
              Errors.INVALID_UPDATE_VERSION,
              "The partition epoch is %d, not %d.",
              partition.partitionEpoch(),
              report.partitionEpoch()));
    }
    return partition.replicas().contains(report.brokerId())
        ? Optional.empty()
        : Optional.of(
            Decision.refused(
                Errors.INVALID_REQUEST, "Broker %d has no replica of it.", report.brokerId()));
  }

  private Decision<PartitionImage> withdrawn(
      ClusterMetadata image, TopicImage topic, PartitionImage partition, int damaged) {
    PartitionChange change =
        Elections.settled(
            topic.id(),
            partition,
            partition.without(damaged),
            Elections.Standings.of(image).withLost(brokerId -> brokerId == damaged),
            Elections.Rules.of(topic.configs(), defaults).onlyClean());
    if (!change.partition().hasLeader()) {
      return Decision.refused(
          Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
          "No other replica that has all of %s-%d may lead it now: broker %d stays as it is.",
          topic.name(),
          partition.partition(),
          damaged);
    }
    PartitionImage next = change.partition().inReign(partition.leaderEpoch().next());
    return Decision.accepted(
        Elections.asFacts(List.of(new PartitionChange(topic.id(), next, false))), next);
  }
}
