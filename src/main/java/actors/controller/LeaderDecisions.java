package actors.controller;

import actors.config.BrokerConfigs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * Elections that somebody orders, and the leaderships that go back to preferred leaders by
 * themselves: Kafka's ElectLeaders (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-460%3A+Admin+Leader+Election+RPC">KIP-460</a>).
 *
 * @param defaults broker-wide settings, for elections and the balance
 */
record LeaderDecisions(BrokerConfigs defaults) {

  /**
   * Elects in each partition for itself: the preferred leader, if it is in sync, or where nobody
   * leads any live replica at all, though it may lack records.
   *
   * @param partitions empty: all; then those where there is nothing to do are not spoken of
   */
  Decision<Controller.PartitionResults> elect(
      ClusterMetadata image, ElectionType type, Optional<List<TopicPartition>> partitions) {
    List<Controller.PartitionResult> results = new ArrayList<>();
    List<PartitionChange> changes = new ArrayList<>();
    Elections.Standings standings = Elections.Standings.of(image);
    Collection<TopicPartition> asked =
        partitions.<Collection<TopicPartition>>map(LinkedHashSet::new).orElseGet(() -> all(image));
    for (TopicPartition one : asked) {
      Election election =
          find(image, one)
              .map(place -> election(place, type, standings))
              .orElse(Election.none(Errors.UNKNOWN_TOPIC_OR_PARTITION));
      election.change().ifPresent(changes::add);
      if (partitions.isPresent() || election.error() != Errors.ELECTION_NOT_NEEDED) {
        results.add(Controller.PartitionResult.of(one, election.error()));
      }
    }
    return Controller.PartitionResults.of(image, Elections.asFacts(changes), results);
  }

  /**
   * Gives leaderships back to brokers whose partitions too many others lead; answers how many move.
   * At most {@link Limits#LEADERS_MOVED_MAX} at a time, and none of a partition whose replicas are
   * on the move.
   */
  Decision<Integer> balance(ClusterMetadata image) {
    List<PartitionChange> changes = new ArrayList<>();
    Elections.Standings standings = Elections.Standings.of(image);
    for (Preferring preferring : preferring(image).values()) {
      if (preferring.isOutOfBalance(defaults.leaderImbalancePercentMax())) {
        preferring.ledByOthers().stream()
            .filter(place -> !place.partition().isReassigned())
            .flatMap(place -> election(place, ElectionType.PREFERRED, standings).change().stream())
            .limit(Limits.LEADERS_MOVED_MAX - changes.size())
            .forEach(changes::add);
      }
    }
    return Decision.accepted(Elections.asFacts(changes), changes.size());
  }

  private record Place(TopicImage topic, PartitionImage partition) {}

  private record Election(Errors error, Optional<PartitionChange> change) {
    static Election none(Errors error) {
      return new Election(error, Optional.empty());
    }

    static Election of(PartitionChange change) {
      return new Election(Errors.NONE, Optional.of(change));
    }
  }

  private Election election(Place place, ElectionType type, Elections.Standings standings) {
    Elections.Rules rules = Elections.Rules.of(place.topic().configs(), defaults);
    return type == ElectionType.PREFERRED
        ? preferred(place, standings, rules)
        : unclean(place, standings, rules);
  }

  private static Election preferred(
      Place place, Elections.Standings standings, Elections.Rules rules) {
    PartitionImage partition = place.partition();
    int preferred = partition.preferredLeader();
    if (partition.leader() == preferred) {
      return Election.none(Errors.ELECTION_NOT_NEEDED);
    }
    if (!partition.isr().contains(preferred) || !standings.active().test(preferred)) {
      return Election.none(Errors.PREFERRED_LEADER_NOT_AVAILABLE);
    }
    return Election.of(
        Elections.settled(
            place.topic().id(), partition, partition.ledBy(preferred), standings, rules));
  }

  private static Election unclean(
      Place place, Elections.Standings standings, Elections.Rules rules) {
    if (place.partition().hasLeader()) {
      return Election.none(Errors.ELECTION_NOT_NEEDED);
    }
    return Elections.settle(place.topic().id(), place.partition(), standings, rules.evenUnclean())
        .filter(change -> change.partition().hasLeader())
        .map(Election::of)
        .orElse(Election.none(Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE));
  }

  /** The partitions that would be led by one broker if all were well. */
  private static final class Preferring {
    private final List<Place> ledByOthers = new ArrayList<>();
    private int count;

    void add(Place place) {
      count++;
      if (place.partition().leader() != place.partition().preferredLeader()) {
        ledByOthers.add(place);
      }
    }

    List<Place> ledByOthers() {
      return ledByOthers;
    }

    boolean isOutOfBalance(int percentMax) {
      return ledByOthers.size() * 100L > (long) count * percentMax;
    }
  }

  /** By broker. */
  private static Map<Integer, Preferring> preferring(ClusterMetadata image) {
    Map<Integer, Preferring> preferring = new TreeMap<>();
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        preferring
            .computeIfAbsent(partition.preferredLeader(), brokerId -> new Preferring())
            .add(new Place(topic, partition));
      }
    }
    return preferring;
  }

  private static Optional<Place> find(ClusterMetadata image, TopicPartition one) {
    return image
        .partition(one.topic(), one.partition())
        .map(partition -> new Place(image.topics().get(one.topic()), partition));
  }

  private static List<TopicPartition> all(ClusterMetadata image) {
    List<TopicPartition> all = new ArrayList<>();
    for (TopicImage topic : image.topics().values()) {
      topic.partitions().forEach(p -> all.add(new TopicPartition(topic.name(), p.partition())));
    }
    return all;
  }
}
