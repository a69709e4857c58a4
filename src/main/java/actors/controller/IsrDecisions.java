package actors.controller;

import actors.BrokerEpoch;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/**
 * Whether a leader gets the ISR that it proposes: Kafka's AlterPartition (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-497%3A+Add+inter-broker+API+to+alter+ISR">KIP-497</a>),
 * which refuses members that are fenced (KIP-841) or that have fetched in another life (KIP-903).
 * What each epoch says is compared before anything that the proposal wants.
 *
 * @param defaults broker-wide settings, for elections
 */
record IsrDecisions(BrokerConfigs defaults) {

  /**
   * Accepted, the answer is the partition's next image, in the same leader epoch. Where the new ISR
   * ends the leader's reign (it was about to stop, or its replica is being moved away) the proposal
   * is carried out as well, and refused with {@code NEW_LEADER_ELECTED}: to the leader it is over.
   */
  Decision<PartitionImage> propose(ClusterMetadata image, IsrProposal proposal) {
    Optional<TopicImage> topic = image.topic(proposal.topicId());
    if (topic.isEmpty()
        || proposal.partition() < 0
        || proposal.partition() >= topic.get().partitions().size()) {
      return Decision.refused(
          Errors.UNKNOWN_TOPIC_ID,
          "There is no partition %d of a topic with the id %s.",
          proposal.partition(),
          proposal.topicId());
    }
    PartitionImage partition = topic.get().partitions().get(proposal.partition());
    return refusalOfProposer(image, proposal)
        .or(() -> refusalOfEpochs(partition, proposal))
        .or(() -> refusalOfMembers(image, partition, proposal))
        .orElseGet(() -> carriedOut(image, topic.get(), partition, proposal));
  }

  /** The leader must be live in the life in which it speaks. */
  private static Optional<Decision<PartitionImage>> refusalOfProposer(
      ClusterMetadata image, IsrProposal proposal) {
    BrokerEpoch epoch = proposal.isr().get(proposal.leader());
    if (epoch == null) {
      return refused(
          Errors.INVALID_REQUEST, "The leader %d is not in its own ISR.", proposal.leader());
    }
    BrokerImage broker = image.brokers().get(proposal.leader());
    if (broker == null || broker.fenced() || !broker.epoch().equals(epoch)) {
      return refused(
          Errors.STALE_BROKER_EPOCH,
          "Broker %d is not live in epoch %d.",
          proposal.leader(),
          epoch.value());
    }
    return Optional.empty();
  }

  /** A leader that knows more than we do has heard of it from another controller. */
  private static Optional<Decision<PartitionImage>> refusalOfEpochs(
      PartitionImage partition, IsrProposal proposal) {
    int reign = proposal.leaderEpoch().compareTo(partition.leaderEpoch());
    if (reign > 0 || proposal.partitionEpoch() > partition.partitionEpoch()) {
      return refused(
          Errors.NOT_CONTROLLER,
          "This controller knows the partition in leader epoch %d, partition epoch %d only.",
          partition.leaderEpoch().value(),
          partition.partitionEpoch());
    }
    if (reign < 0) {
      return refused(
          Errors.FENCED_LEADER_EPOCH,
          "The leader epoch is %d, not %d.",
          partition.leaderEpoch().value(),
          proposal.leaderEpoch().value());
    }
    if (proposal.leader() != partition.leader()) {
      return refused(
          Errors.INVALID_REQUEST,
          "In leader epoch %d the leader is %d, not %d.",
          partition.leaderEpoch().value(),
          partition.leader(),
          proposal.leader());
    }
    if (proposal.partitionEpoch() < partition.partitionEpoch()) {
      return refused(
          Errors.INVALID_UPDATE_VERSION,
          "The partition epoch is %d, not %d.",
          partition.partitionEpoch(),
          proposal.partitionEpoch());
    }
    return Optional.empty();
  }

  private static Optional<Decision<PartitionImage>> refusalOfMembers(
      ClusterMetadata image, PartitionImage partition, IsrProposal proposal) {
    for (Map.Entry<Integer, BrokerEpoch> member : proposal.isr().entrySet()) {
      if (!partition.replicas().contains(member.getKey())) {
        return refused(Errors.INVALID_REQUEST, "Broker %d has no replica of it.", member.getKey());
      }
    }
    for (Map.Entry<Integer, BrokerEpoch> member : proposal.isr().entrySet()) {
      int brokerId = member.getKey();
      BrokerImage broker = image.brokers().get(brokerId);
      boolean stays = image.isActive(brokerId) || brokerId == proposal.leader();
      if (!stays || !broker.epoch().equals(member.getValue())) {
        return refused(
            Errors.INELIGIBLE_REPLICA,
            "Broker %d is not active in epoch %d.",
            brokerId,
            member.getValue().value());
      }
    }
    return Optional.empty();
  }

  private Decision<PartitionImage> carriedOut(
      ClusterMetadata image, TopicImage topic, PartitionImage partition, IsrProposal proposal) {
    List<Integer> isr = partition.replicas().stream().filter(proposal.isr()::containsKey).toList();
    PartitionChange change =
        Elections.settled(
            topic.id(),
            partition,
            partition.withIsr(isr),
            Elections.Standings.of(image),
            Elections.Rules.of(topic.configs(), defaults));
    List<MetadataFact> facts = Elections.asFacts(List.of(change));
    return change.partition().leaderEpoch().equals(partition.leaderEpoch())
        ? Decision.accepted(facts, change.partition())
        : Decision.overtaken(
            facts,
            Errors.NEW_LEADER_ELECTED,
            "With this ISR a new reign began, under broker %d.",
            change.partition().leader());
  }

  private static Optional<Decision<PartitionImage>> refused(
      Errors error, String format, Object... arguments) {
    return Optional.of(Decision.refused(error, "%s", String.format(format, arguments)));
  }
}
