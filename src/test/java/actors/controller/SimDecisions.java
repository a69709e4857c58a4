package actors.controller;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import simulation.Mutation;

/** The controller's decisions without its actor, for a simulation. */
public final class SimDecisions {
  private final BrokerDecisions brokers;
  private final TopicDecisions topics;
  private final IsrDecisions isrs;
  private final ReassignmentDecisions reassignments;
  private final Mutation mutation;

  /** What a command comes to; as {@link Decision}. */
  public record Made<T>(List<MetadataFact> facts, Outcome<T> reply) {}

  /** As a controller looks at each command before it decides. */
  public static final class Office {
    private final Overtaking overtaking = new Overtaking();

    public boolean isOvertaken(Controller.Command command, ClusterMetadata image) {
      return overtaking.isShownBy(command, image);
    }
  }

  /** That the image is asked for from this version on. */
  public static Controller.Command follow(long version) {
    return new Controller.Follow(version, null);
  }

  public SimDecisions(BrokerConfigs configs, Mutation mutation) {
    this.brokers = new BrokerDecisions(configs);
    this.isrs = new IsrDecisions(configs);
    this.topics = new TopicDecisions(configs);
    this.reassignments = new ReassignmentDecisions(configs);
    this.mutation = mutation;
  }

  private static <T> Made<T> made(Decision<T> decision) {
    return new Made<>(decision.facts(), decision.reply());
  }

  public static ClusterMetadata apply(ClusterMetadata image, List<MetadataFact> facts) {
    return image.applyAll(facts);
  }

  public Made<TopicImage> createTopic(ClusterMetadata image, TopicSpec spec, Uuid id, int start) {
    TreeMap<String, String> configs = new TreeMap<>(spec.configs());
    if (mutation == Mutation.UNCLEAN_ELECTION) {
      configs.put("unclean.leader.election.enable", "true");
    }
    return made(
        topics.create(
            image,
            new TopicSpec(
                spec.name(),
                spec.partitions(),
                spec.replicationFactor(),
                spec.assignments(),
                configs),
            id,
            start));
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

  /**
   * @param target the replicas wanted; empty: the move that is under way is called off
   */
  public Made<Controller.PartitionResults> reassign(
      ClusterMetadata image, TopicPartition partition, Optional<List<Integer>> target) {
    return made(reassignments.alter(image, Map.of(partition, target), true));
  }

  public Made<PartitionImage> proposeIsr(ClusterMetadata image, Controller.ProposeIsr proposal) {
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>(proposal.isr());
    for (int member : proposal.isr().keySet()) {
      BrokerImage broker = image.brokers().get(member);
      boolean forged = isr.get(member).value() == Long.MAX_VALUE;
      if (broker != null && (forged || mutation == Mutation.ANY_BROKER_EPOCH)) {
        isr.put(member, broker.epoch());
      }
    }
    IsrProposal plain = proposal.proposal();
    return made(
        isrs.propose(
            image,
            new IsrProposal(
                plain.topicId(),
                plain.partition(),
                plain.leader(),
                plain.leaderEpoch(),
                plain.partitionEpoch(),
                isr)));
  }
}
