package actors.controller;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import simulation.Mutation;

/** The controller's decisions without its actor, for a simulation. */
public final class SimDecisions {
  private final BrokerConfigs configs;
  private final BrokerDecisions brokers;
  private final TopicDecisions topics;
  private final Mutation mutation;

  /** What a command comes to; as {@link Decision}. */
  public record Made<T>(List<MetadataFact> facts, Outcome<T> reply) {}

  public SimDecisions(BrokerConfigs configs, Mutation mutation) {
    BrokerConfigs effective = configs;
    if (mutation == Mutation.UNCLEAN_ELECTION) {
      TreeMap<String, String> settings = new TreeMap<>();
      settings.put("unclean.leader.election.enable", "true");
      effective = BrokerConfigs.of(settings).fold(made -> made, refused -> configs);
    }
    this.configs = effective;
    this.brokers = new BrokerDecisions(effective);
    this.topics = new TopicDecisions(effective);
    this.mutation = mutation;
  }

  private static <T> Made<T> made(Decision<T> decision) {
    return new Made<>(decision.facts(), decision.reply());
  }

  public static ClusterMetadata apply(ClusterMetadata image, List<MetadataFact> facts) {
    return image.applyAll(facts);
  }

  public Made<TopicImage> createTopic(ClusterMetadata image, TopicSpec spec, Uuid id, int start) {
    return made(topics.create(image, spec, id, start));
  }

  public Made<Controller.Registration> register(
      ClusterMetadata image,
      int brokerId,
      Uuid incarnation,
      String clusterId,
      Optional<BrokerEpoch> previousEpoch) {
    return made(
        brokers.register(
            image,
            new BrokerRegistration(
                brokerId,
                incarnation,
                clusterId,
                "host-" + brokerId,
                9092,
                Optional.empty(),
                previousEpoch)));
  }

  public Made<BrokerEpoch> ready(ClusterMetadata image, int brokerId, BrokerEpoch epoch) {
    return made(brokers.ready(image, brokerId, epoch));
  }

  public Made<BrokerEpoch> fence(ClusterMetadata image, int brokerId) {
    return made(brokers.fence(image, brokerId));
  }

  public Made<List<Integer>> fenceAbsent(ClusterMetadata image, SortedSet<Integer> present) {
    return made(brokers.fenceAbsent(image, present));
  }

  public Made<PartitionImage> proposeIsr(ClusterMetadata image, Controller.ProposeIsr proposal) {
    SortedMap<Integer, BrokerEpoch> isr = new TreeMap<>(proposal.isr());
    for (int member : proposal.isr().keySet()) {
      BrokerImage broker = image.brokers().get(member);
      boolean forged = isr.get(member).value() == Long.MAX_VALUE;
      if (broker != null && (forged || mutation == Mutation.ANY_BROKER_EPOCH)) {
        isr.put(member, broker.epoch());
      }
    }
    return made(
        decide(
            image,
            new Controller.ProposeIsr(
                proposal.topicId(),
                proposal.partition(),
                proposal.leader(),
                proposal.leaderEpoch(),
                proposal.partitionEpoch(),
                isr,
                proposal.replyTo())));
  }

  /** Written against the contract of {@link Controller.ProposeIsr}. */
  private Decision<PartitionImage> decide(ClusterMetadata image, Controller.ProposeIsr asked) {
    Optional<TopicImage> topic = image.topic(asked.topicId());
    if (topic.isEmpty() || asked.partition() >= topic.get().partitions().size()) {
      return Decision.refused(Errors.UNKNOWN_TOPIC_ID, "no such partition");
    }
    PartitionImage now = topic.get().partitions().get(asked.partition());
    if (now.leader() != asked.leader() || !now.leaderEpoch().equals(asked.leaderEpoch())) {
      return Decision.refused(Errors.FENCED_LEADER_EPOCH, "another leader");
    }
    if (now.partitionEpoch() != asked.partitionEpoch()) {
      return Decision.refused(Errors.INVALID_UPDATE_VERSION, "another partition epoch");
    }
    BrokerImage leader = image.brokers().get(asked.leader());
    if (!asked.isr().containsKey(asked.leader())
        || !asked.isr().get(asked.leader()).equals(leader.epoch())) {
      return Decision.refused(Errors.STALE_BROKER_EPOCH, "another life of the leader");
    }
    for (int member : asked.isr().keySet()) {
      BrokerImage broker = image.brokers().get(member);
      if (!now.replicas().contains(member)) {
        return Decision.refused(Errors.INVALID_REQUEST, "not a replica");
      }
      if (broker == null || broker.fenced() || !broker.epoch().equals(asked.isr().get(member))) {
        return Decision.refused(Errors.INELIGIBLE_REPLICA, "not live in that life");
      }
    }
    List<Integer> isr = new ArrayList<>();
    for (int replica : now.replicas()) {
      if (asked.isr().containsKey(replica)) {
        isr.add(replica);
      }
    }
    Elections.Rules rules = Elections.Rules.of(topic.get().configs(), configs);
    List<Integer> eligible = new ArrayList<>();
    if (!rules.sufficient(isr.size(), now.replicas().size())) {
      for (int replica : now.replicas()) {
        if ((now.isr().contains(replica) || now.eligible().contains(replica))
            && !isr.contains(replica)) {
          eligible.add(replica);
        }
      }
    }
    PartitionImage next =
        new PartitionImage(
            now.partition(),
            now.replicas(),
            isr,
            eligible,
            now.leader(),
            now.leaderEpoch(),
            now.partitionEpoch() + 1);
    return Decision.accepted(
        List.of(
            new MetadataFact.PartitionsChanged(
                List.of(new PartitionChange(asked.topicId(), next, false)))),
        next);
  }
}
