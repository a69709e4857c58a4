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
 * live replica; else nobody. Dead members leave the ISR, but the last one stays. Eligible replicas
 * are kept as in <a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-966%3A+Eligible+Leader+Replicas">KIP-966</a>:
 * while the ISR is smaller than the least that acks=all asks for, the high watermark stands still,
 * so whoever left the ISR meanwhile still has all that was acknowledged.
 */
final class Elections {
  /** No broker has lost anything. */
  static final IntPredicate NONE_LOST = brokerId -> false;

  private Elections() {}

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
    Map<Map<String, String>, Rules> rulesOf = new HashMap<>();
    List<PartitionChange> changes = new ArrayList<>();
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.replicas().contains(brokerId)) {
          Rules rules =
              rulesOf.computeIfAbsent(topic.configs(), set -> Rules.of(set, brokerConfigs));
          settle(topic.id(), partition, image::isLive, lost, rules).ifPresent(changes::add);
        }
      }
    }
    return asFacts(changes);
  }

  /** The fact of all partitions of a topic that change because its settings did. */
  static List<MetadataFact> afterConfigChange(
      TopicImage topic, ClusterMetadata image, BrokerConfigs brokerConfigs) {
    Rules rules = Rules.of(topic.configs(), brokerConfigs);
    List<PartitionChange> changes = new ArrayList<>();
    for (PartitionImage partition : topic.partitions()) {
      settle(topic.id(), partition, image::isLive, NONE_LOST, rules).ifPresent(changes::add);
    }
    return asFacts(changes);
  }

  /** The partition as it has to be now; empty if it is so already. */
  static Optional<PartitionChange> settle(
      Uuid topicId, PartitionImage partition, IntPredicate live, IntPredicate lost, Rules rules) {
    Standing standing = elect(partition, trusted(partition, live, lost), live, rules);
    List<Integer> eligible = eligibleBeside(standing, partition, lost, rules);
    boolean sameLeader = standing.leader() == partition.leader();
    if (sameLeader
        && standing.isr().equals(partition.isr())
        && eligible.equals(partition.eligible())) {
      return Optional.empty();
    }
    LeaderEpoch epoch = sameLeader ? partition.leaderEpoch() : partition.leaderEpoch().next();
    PartitionImage settled =
        new PartitionImage(
            partition.partition(),
            partition.replicas(),
            standing.isr(),
            eligible,
            standing.leader(),
            epoch,
            partition.partitionEpoch() + 1);
    return Optional.of(new PartitionChange(topicId, settled, standing.possibleLoss()));
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
  private static List<Integer> trusted(
      PartitionImage partition, IntPredicate live, IntPredicate lost) {
    List<Integer> whole = only(partition.isr(), broker -> !lost.test(broker));
    if (!whole.isEmpty()) {
      return whole;
    }
    List<Integer> eligible = only(partition.eligible(), broker -> !lost.test(broker));
    return first(eligible, live::test)
        .or(() -> eligible.stream().findFirst())
        .map(List::of)
        .orElse(partition.isr());
  }

  private static Standing elect(
      PartitionImage partition, List<Integer> trusted, IntPredicate live, Rules rules) {
    List<Integer> liveIsr = only(trusted, live::test);
    if (liveIsr.contains(partition.leader())) {
      return new Standing(liveIsr, partition.leader(), false);
    }
    if (!liveIsr.isEmpty()) {
      int leader = first(partition.replicas(), liveIsr::contains).orElseThrow();
      return new Standing(liveIsr, leader, false);
    }
    return first(partition.eligible(), live::test)
        .map(leader -> Standing.ledAlone(leader, false))
        .or(
            () ->
                first(partition.replicas(), broker -> rules.unclean() && live.test(broker))
                    .map(leader -> Standing.ledAlone(leader, true)))
        .orElse(new Standing(trusted, PartitionImage.NO_LEADER, false));
  }

  /** Who, outside the new ISR, still has everything that was acknowledged; in assignment order. */
  private static List<Integer> eligibleBeside(
      Standing standing, PartitionImage partition, IntPredicate lost, Rules rules) {
    if (standing.possibleLoss()
        || rules.sufficient(standing.isr().size(), partition.replicas().size())) {
      return List.of();
    }
    return only(
        partition.replicas(),
        broker ->
            (partition.isr().contains(broker) || partition.eligible().contains(broker))
                && !standing.isr().contains(broker)
                && !lost.test(broker));
  }

  private static List<MetadataFact> asFacts(List<PartitionChange> changes) {
    return changes.isEmpty() ? List.of() : List.of(new MetadataFact.PartitionsChanged(changes));
  }

  private static List<Integer> only(List<Integer> brokers, Predicate<Integer> condition) {
    return brokers.stream().filter(condition).toList();
  }

  private static Optional<Integer> first(List<Integer> brokers, Predicate<Integer> condition) {
    return brokers.stream().filter(condition).findFirst();
  }
}
