package actors.controller;

import actors.LeaderEpoch;
import actors.config.BrokerConfigs;
import actors.config.EffectiveTopicConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;

/**
 * Who leads and who counts as in sync, given who lives. The first live member of the ISR in
 * assignment order leads; else a live eligible replica; else, only where the topic allows it, any
 * live replica; else nobody. Dead members leave the ISR, but the last one stays; so do those who
 * are about to stop, as long as another stays. Eligible replicas are kept as in <a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-966%3A+Eligible+Leader+Replicas">KIP-966</a>:
 * while the ISR is smaller than the least that acks=all asks for, the high watermark stands still,
 * so whoever left the ISR meanwhile still has all that was acknowledged.
 */
final class Elections {
  private Elections() {}

  /**
   * What is known of brokers when leaders are chosen.
   *
   * @param live registered and not under a fence
   * @param active live and not about to stop
   * @param lost whose log may lack its end: an unclean restart
   */
  record Standings(IntPredicate live, IntPredicate active, IntPredicate lost) {
    /** Nobody has lost anything. */
    static Standings of(ClusterMetadata image) {
      return new Standings(image::isLive, image::isActive, brokerId -> false);
    }

    Standings withLost(IntPredicate newLost) {
      return new Standings(live, active, newLost);
    }
  }

  /**
   * What the topic's settings say to elections.
   *
   * @param minInsyncReplicas as set; a partition with fewer replicas counts by those
   */
  record Rules(int minInsyncReplicas, boolean unclean) {
    static Rules of(Map<String, String> topicConfigs, BrokerConfigs brokerConfigs) {
      EffectiveTopicConfig effective = EffectiveTopicConfig.of(topicConfigs, brokerConfigs);
      return new Rules(effective.minInsyncReplicas(), effective.electsUncleanLeaders());
    }

    /** For an election that somebody orders at the price of records. */
    Rules evenUnclean() {
      return new Rules(minInsyncReplicas, true);
    }

    /** For an election that must not cost a record. */
    Rules onlyClean() {
      return new Rules(minInsyncReplicas, false);
    }

    boolean sufficient(int isrSize, int replicas) {
      return isrSize >= Math.min(minInsyncReplicas, replicas);
    }
  }

  /**
   * The fact of all partitions that change because something happened to one broker; empty if none
   * does.
   *
   * @param image the broker's new standing is already in it
   * @param lost whose log may lack its end: an unclean restart
   */
  static List<MetadataFact> afterChangeOf(
      int brokerId, ClusterMetadata image, IntPredicate lost, BrokerConfigs brokerConfigs) {
    Standings standings = Standings.of(image).withLost(lost);
    Map<Map<String, String>, Rules> rulesOf = new HashMap<>();
    List<PartitionChange> changes = new ArrayList<>();
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.replicas().contains(brokerId)) {
          Rules rules =
              rulesOf.computeIfAbsent(topic.configs(), set -> Rules.of(set, brokerConfigs));
          settle(topic.id(), partition, standings, rules).ifPresent(changes::add);
        }
      }
    }
    return asFacts(changes);
  }

  /** The fact of all partitions of a topic that change because its settings did. */
  static List<MetadataFact> afterConfigChange(
      TopicImage topic, ClusterMetadata image, BrokerConfigs brokerConfigs) {
    Standings standings = Standings.of(image);
    Rules rules = Rules.of(topic.configs(), brokerConfigs);
    List<PartitionChange> changes = new ArrayList<>();
    for (PartitionImage partition : topic.partitions()) {
      settle(topic.id(), partition, standings, rules).ifPresent(changes::add);
    }
    return asFacts(changes);
  }

  /** The partition as it has to be now; empty if it is so already. */
  static Optional<PartitionChange> settle(
      Uuid topicId, PartitionImage partition, Standings standings, Rules rules) {
    PartitionChange settled = settled(topicId, partition, partition, standings, rules);
    return settled.changes(partition) ? Optional.of(settled) : Optional.empty();
  }

  /**
   * The partition after something about it was changed, with all that follows, in its next
   * partition epoch: a move of replicas that has come to its end, a leader, eligible replicas. When
   * a replica is taken away a new reign begins, so that what it has fetched counts for nothing if
   * it comes back at once.
   *
   * @param present what is changed
   * @param wanted with the change: another ISR, other replicas, another leader
   */
  static PartitionChange settled(
      Uuid topicId,
      PartitionImage present,
      PartitionImage wanted,
      Standings standings,
      Rules rules) {
    PartitionImage before = Reassignment.completed(wanted);
    Standing standing = elect(before, trusted(before, standings), standings, rules);
    PartitionImage due = Reassignment.completed(before.withIsr(standing.isr()));
    boolean newReign =
        standing.leader() != present.leader() || !due.replicas().containsAll(present.replicas());
    LeaderEpoch epoch = newReign ? present.leaderEpoch().next() : present.leaderEpoch();
    PartitionImage settled =
        new PartitionImage(
            due.partition(),
            due.replicas(),
            due.isr(),
            eligibleBeside(standing, present, due, standings.lost(), rules),
            standing.leader(),
            epoch,
            present.partitionEpoch() + 1,
            due.adding(),
            due.removing());
    return new PartitionChange(topicId, settled, standing.possibleLoss());
  }

  /** Leader and ISR, before the eligible replicas are worked out. */
  private record Standing(List<Integer> isr, int leader, boolean possibleLoss) {
    static Standing ledAlone(int leader, boolean possibleLoss) {
      return new Standing(List.of(leader), leader, possibleLoss);
    }
  }

  /**
   * The ISR without those who lost the end of their log. If nobody is left an eligible replica
   * takes the place; if there is none either, the ISR stays, since an incomplete log is better than
   * none.
   */
  private static List<Integer> trusted(PartitionImage partition, Standings standings) {
    List<Integer> whole = only(partition.isr(), broker -> !standings.lost().test(broker));
    if (!whole.isEmpty()) {
      return whole;
    }
    List<Integer> eligible = only(partition.eligible(), broker -> !standings.lost().test(broker));
    return first(eligible, standings.active()::test)
        .or(() -> eligible.stream().findFirst())
        .map(List::of)
        .orElse(partition.isr());
  }

  private static Standing elect(
      PartitionImage partition, List<Integer> trusted, Standings standings, Rules rules) {
    List<Integer> inSync = staying(only(trusted, standings.live()::test), standings);
    if (inSync.contains(partition.leader())) {
      return new Standing(inSync, partition.leader(), false);
    }
    boolean unclean = rules.unclean() && inSync.isEmpty();
    return first(partition.replicas(), broker -> mayLead(broker, inSync, standings))
        .map(leader -> new Standing(inSync, leader, false))
        .or(
            () ->
                first(partition.eligible(), standings.active()::test)
                    .map(leader -> Standing.ledAlone(leader, false)))
        .or(
            () ->
                first(partition.replicas(), broker -> unclean && standings.active().test(broker))
                    .map(leader -> Standing.ledAlone(leader, true)))
        .orElse(new Standing(trusted, PartitionImage.NO_LEADER, false));
  }

  private static boolean mayLead(int broker, List<Integer> inSync, Standings standings) {
    return inSync.contains(broker) && standings.active().test(broker);
  }

  /** Who is about to stop leaves the ISR as long as another stays. */
  private static List<Integer> staying(List<Integer> inSync, Standings standings) {
    List<Integer> staying = only(inSync, standings.active()::test);
    return staying.isEmpty() ? inSync : staying;
  }

  /** Who, outside the new ISR, still has everything that was acknowledged; in assignment order. */
  private static List<Integer> eligibleBeside(
      Standing standing,
      PartitionImage present,
      PartitionImage wanted,
      IntPredicate lost,
      Rules rules) {
    if (standing.possibleLoss()
        || rules.sufficient(standing.isr().size(), wanted.replicas().size())) {
      return List.of();
    }
    return only(
        wanted.replicas(),
        broker ->
            (present.isr().contains(broker) || present.eligible().contains(broker))
                && !standing.isr().contains(broker)
                && !lost.test(broker));
  }

  static List<MetadataFact> asFacts(List<PartitionChange> changes) {
    return changes.isEmpty() ? List.of() : List.of(new MetadataFact.PartitionsChanged(changes));
  }

  private static List<Integer> only(List<Integer> brokers, Predicate<Integer> condition) {
    return brokers.stream().filter(condition).toList();
  }

  private static Optional<Integer> first(List<Integer> brokers, Predicate<Integer> condition) {
    return brokers.stream().filter(condition).findFirst();
  }
}
