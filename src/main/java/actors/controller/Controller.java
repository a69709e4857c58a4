package actors.controller;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The cluster singleton that decides: which topics exist, where their replicas live and who leads
 * them. Event-sourced: commands in, facts persisted, the image updated by {@code apply}, reply
 * after persist. See docs/decisions/0003-controller-facts.md.
 */
public final class Controller {
  private Controller() {}

  /**
   * @param brokerId of the broker that hosts the singleton
   * @param brokerConfigs its broker-wide settings: defaults for topics
   */
  public static Behavior<Command> create(
      int brokerId, BrokerConfigs brokerConfigs, Randomness randomness) {
    return ControllerBehavior.create(brokerId, brokerConfigs, randomness);
  }

  public sealed interface Command
      permits AnsweredAtLength,
          RegisterBroker,
          BrokerReady,
          FenceBroker,
          BrokerLeaving,
          ProposeIsr,
          ReportDamage,
          AllocateProducerIds,
          Subscribe,
          Follow,
          MessagePart,
          TakeOffice,
          Balance,
          CreateGathered,
          FenceAbsent,
          SubscriberGone,
          FollowerGone,
          CourierGone {

    /**
     * The newest version of the image that the sender must have heard of to say this; brokers'
     * epochs are versions. 0 if it tells nothing.
     */
    default long namedVersion() {
      return 0;
    }
  }

  /** A command that may be long itself, or have a long answer. */
  sealed interface AnsweredAtLength<T> extends Command {
    ActorRef<Outcome<T>> replyTo();

    /** The same, answered to somebody else. */
    AnsweredAtLength<T> answeredTo(ActorRef<Outcome<T>> other);
  }

  /**
   * @param validateOnly answer as if, but change nothing
   */
  public record CreateTopic(
      TopicSpec spec, boolean validateOnly, ActorRef<Outcome<TopicImage>> replyTo)
      implements AnsweredAtLength<TopicImage> {
    @Override
    public CreateTopic answeredTo(ActorRef<Outcome<TopicImage>> other) {
      return new CreateTopic(spec, validateOnly, other);
    }
  }

  /** Exactly one of name and id is given. Answered with the topic that is gone. */
  public record DeleteTopic(
      Optional<String> name, Optional<Uuid> id, ActorRef<Outcome<TopicImage>> replyTo)
      implements AnsweredAtLength<TopicImage> {
    @Override
    public DeleteTopic answeredTo(ActorRef<Outcome<TopicImage>> other) {
      return new DeleteTopic(name, id, other);
    }
  }

  /**
   * Kafka's IncrementalAlterConfigs for a topic.
   *
   * @param changes an empty value takes the setting back to its default
   */
  public record AlterTopicConfig(
      String topic,
      Map<String, Optional<String>> changes,
      boolean validateOnly,
      ActorRef<Outcome<TopicImage>> replyTo)
      implements AnsweredAtLength<TopicImage> {
    @Override
    public AlterTopicConfig answeredTo(ActorRef<Outcome<TopicImage>> other) {
      return new AlterTopicConfig(topic, changes, validateOnly, other);
    }
  }

  /**
   * Kafka's IncrementalAlterConfigs for a running broker.
   *
   * @param brokerId or {@link ClusterMetadata#ALL_BROKERS}
   * @param changes an empty value takes the setting off
   */
  public record AlterBrokerConfig(
      int brokerId,
      Map<String, Optional<String>> changes,
      boolean validateOnly,
      ActorRef<Outcome<Altered>> replyTo)
      implements AnsweredAtLength<Altered> {
    @Override
    public AlterBrokerConfig answeredTo(ActorRef<Outcome<Altered>> other) {
      return new AlterBrokerConfig(brokerId, changes, validateOnly, other);
    }
  }

  /**
   * @param version of the first image in which it is so
   */
  public record Altered(long version) {}

  /**
   * Kafka's CreatePartitions.
   *
   * @param assignments broker ids of each new partition, chosen by the client; empty: the
   *     controller places them
   */
  public record AddPartitions(
      String topic,
      int newTotal,
      List<List<Integer>> assignments,
      boolean validateOnly,
      ActorRef<Outcome<TopicImage>> replyTo)
      implements AnsweredAtLength<TopicImage> {
    @Override
    public AddPartitions answeredTo(ActorRef<Outcome<TopicImage>> other) {
      return new AddPartitions(topic, newTotal, assignments, validateOnly, other);
    }
  }

  /**
   * First word of a broker's life; repeated until answered.
   *
   * @param incarnation drawn anew at each start of the process, so that a repeated request is one
   *     registration
   * @param clusterId empty if the broker never belonged to a cluster
   * @param previousEpoch the epoch of its life before, if its logs are known to be whole: the stop
   *     was clean, or the machine was not rebooted since. Without it the broker leaves ISR and ELR
   *     wherever another replica is left
   */
  public record RegisterBroker(
      int brokerId,
      Uuid incarnation,
      String clusterId,
      String host,
      int port,
      Optional<String> rack,
      Optional<BrokerEpoch> previousEpoch,
      ActorRef<Outcome<Registration>> replyTo)
      implements Command {
    /** Of a broker that cannot vouch for its logs. */
    public RegisterBroker(
        int brokerId,
        Uuid incarnation,
        String clusterId,
        String host,
        int port,
        Optional<String> rack,
        ActorRef<Outcome<Registration>> replyTo) {
      this(brokerId, incarnation, clusterId, host, port, rack, Optional.empty(), replyTo);
    }

    @Override
    public long namedVersion() {
      return previousEpoch.map(BrokerEpoch::value).orElse(0L);
    }

    BrokerRegistration registration() {
      return new BrokerRegistration(
          brokerId, incarnation, clusterId, host, port, rack, previousEpoch);
    }
  }

  public record Registration(BrokerEpoch epoch, String clusterId) {}

  /** The broker serves: lift its fence and let it lead. */
  public record BrokerReady(int brokerId, BrokerEpoch epoch, ActorRef<Outcome<BrokerEpoch>> replyTo)
      implements Command {
    @Override
    public long namedVersion() {
      return epoch.value();
    }
  }

  /**
   * The broker cannot be reached. It neither leads nor counts as in sync until it says again that
   * it is ready; epochs make this safe even if it is alive.
   */
  public record FenceBroker(int brokerId, ActorRef<Outcome<BrokerEpoch>> replyTo)
      implements Command {}

  /**
   * The broker is about to stop: move its leaderships to other in-sync replicas, take it out of the
   * ISRs where another member stays, and give it neither leaderships nor replicas until it
   * registers again. Repeated until the answer is zero, or the broker will not wait any longer.
   *
   * @param replyTo told how many partitions the broker still leads for which another replica may
   *     become in sync
   */
  public record BrokerLeaving(int brokerId, BrokerEpoch epoch, ActorRef<Outcome<Integer>> replyTo)
      implements Command {
    @Override
    public long namedVersion() {
      return epoch.value();
    }
  }

  /**
   * The leader of a partition asks for another ISR (Kafka's AlterPartition, KIP-497). Accepted only
   * if both epochs of the partition are the present ones, the leader is the one registered, and
   * each proposed member is live in just the life that it fetched in; the answer and the next image
   * have the new partition epoch, and the same leader epoch. An unchanged ISR is accepted too: the
   * new partition epoch makes every proposal that may still be under way stale. {@code
   * NEW_LEADER_ELECTED} says that the ISR was taken and has ended this leader's reign: the image
   * that comes has the next leader epoch.
   *
   * @param isr each proposed member with the broker epoch in which it has fetched; the leader with
   *     its own
   */
  public record ProposeIsr(
      Uuid topicId,
      int partition,
      int leader,
      LeaderEpoch leaderEpoch,
      int partitionEpoch,
      SortedMap<Integer, BrokerEpoch> isr,
      ActorRef<Outcome<PartitionImage>> replyTo)
      implements Command {
    @Override
    public long namedVersion() {
      return isr.values().stream().mapToLong(BrokerEpoch::value).max().orElse(0);
    }

    IsrProposal proposal() {
      return new IsrProposal(
          topicId, partition, leader, leaderEpoch, partitionEpoch, new TreeMap<>(isr));
    }
  }

  /**
   * A replica's log is damaged: take it out of ISR and ELR and let another one lead, if others have
   * the records. Repeated until answered, or until the partition's image is another.
   */
  public record ReportDamage(DamageReport report, ActorRef<Outcome<PartitionImage>> replyTo)
      implements Command {}

  /**
   * Kafka's ElectLeaders (KIP-460): the preferred leader where it is in sync and does not lead, or
   * any live replica where nobody leads.
   *
   * @param partitions empty: all; the answer then leaves out where there was nothing to do
   */
  public record ElectLeaders(
      ElectionType type,
      Optional<List<TopicPartition>> partitions,
      ActorRef<Outcome<PartitionResults>> replyTo)
      implements AnsweredAtLength<PartitionResults> {
    public ElectLeaders {
      partitions = partitions.map(List::copyOf);
    }

    @Override
    public ElectLeaders answeredTo(ActorRef<Outcome<PartitionResults>> other) {
      return new ElectLeaders(type, partitions, other);
    }
  }

  /**
   * Kafka's AlterPartitionReassignments (KIP-455).
   *
   * @param wishes the replicas that are wanted, the preferred leader first; empty: call the move
   *     off
   * @param otherCount whether there may be another number of replicas than before (KIP-860)
   */
  public record AlterReassignments(
      Map<TopicPartition, Optional<List<Integer>>> wishes,
      boolean otherCount,
      ActorRef<Outcome<PartitionResults>> replyTo)
      implements AnsweredAtLength<PartitionResults> {
    public AlterReassignments {
      wishes = Collections.unmodifiableMap(new LinkedHashMap<>(wishes));
    }

    @Override
    public AlterReassignments answeredTo(ActorRef<Outcome<PartitionResults>> other) {
      return new AlterReassignments(wishes, otherCount, other);
    }
  }

  /**
   * What became of one partition of several.
   *
   * @param message empty where there is nothing to say
   */
  public record PartitionResult(TopicPartition partition, Errors error, String message) {
    static PartitionResult of(TopicPartition partition, Errors error) {
      return new PartitionResult(partition, error, error == Errors.NONE ? "" : error.message());
    }

    static PartitionResult of(TopicPartition partition, Outcome<?> outcome) {
      return outcome instanceof Outcome.Refused<?> refused
          ? new PartitionResult(partition, refused.error(), refused.message())
          : of(partition, Errors.NONE);
    }
  }

  /**
   * @param version of the first image in which all that was accepted is so
   */
  public record PartitionResults(long version, List<PartitionResult> results) {
    public PartitionResults {
      results = List.copyOf(results);
    }

    static Decision<PartitionResults> of(
        ClusterMetadata image, List<MetadataFact> facts, List<PartitionResult> results) {
      return Decision.accepted(
          facts, new PartitionResults(image.version() + facts.size(), results));
    }
  }

  /** A block of producer ids for a broker to hand out. */
  public record AllocateProducerIds(
      int brokerId, BrokerEpoch epoch, ActorRef<Outcome<ProducerIdBlock>> replyTo)
      implements Command {
    @Override
    public long namedVersion() {
      return epoch.value();
    }
  }

  public record ProducerIdBlock(long first, int count) {}

  /**
   * Be told of each new image, starting with the present one. Ends with the subscriber.
   *
   * @param subscriber gets whole images: within one JVM they share structure; of a controller on
   *     another broker, {@link ImageFollower} makes them from what is new
   * @param knownVersion of which the subscriber has heard, such as its broker's epoch; a controller
   *     whose image is older has been overtaken, and learns of it
   */
  public record Subscribe(ActorRef<ImageChanged> subscriber, long knownVersion) implements Command {
    /** Of one that has heard of nothing yet. */
    public Subscribe(ActorRef<ImageChanged> subscriber) {
      this(subscriber, 0);
    }

    @Override
    public long namedVersion() {
      return knownVersion;
    }
  }

  public record ImageChanged(ClusterMetadata image) implements ImageMessage {}

  /**
   * From {@link ImageFollower}: send what is newer than this version, now and from now on; answered
   * even if nothing is.
   *
   * @param version zero for a follower that has no image yet
   */
  record Follow(long version, ActorRef<ImageMessage> follower) implements Command {
    @Override
    public long namedVersion() {
      return version;
    }
  }

  /**
   * What is new since a version of the image, without a gap.
   *
   * @param facts none: nothing is
   */
  record ImageUpdate(long fromVersion, List<MetadataFact> facts) implements ImageMessage {
    ImageUpdate {
      facts = List.copyOf(facts);
    }
  }

  /** To itself: recovered, now begin the reign. */
  enum TakeOffice implements Command {
    INSTANCE
  }

  /** To itself, now and then: give leaderships back to preferred leaders. */
  enum Balance implements Command {
    INSTANCE
  }

  /** To itself: make the topics that were asked for until now. */
  enum CreateGathered implements Command {
    INSTANCE
  }

  /** From {@link MembershipWatch}: no other brokers than these can be reached. */
  record FenceAbsent(Set<Integer> present) implements Command {
    FenceAbsent {
      present = Collections.unmodifiableSet(new TreeSet<>(present));
    }
  }

  record SubscriberGone(ActorRef<ImageChanged> subscriber) implements Command {}

  record FollowerGone(ActorRef<ImageMessage> follower) implements Command {}

  /** Of {@link ControllerGateway}: an answer has been handed on, or is not waited for any more. */
  enum CourierGone implements Command {
    INSTANCE
  }
}
