package simulation.invariants;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import actors.controller.PartitionChange;
import actors.controller.PartitionImage;
import actors.controller.SimDecisions;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.List;
import simulation.Rule;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 8, by the facts alone: a new leader is the first live member of the ISR in assignment order,
 * else a live eligible replica, else (where that is allowed, and said to be a possible loss) any
 * live replica; and nobody is without a leader who could have one.
 */
final class ElectionsAreRight implements Invariant {
  @Override
  public void onFacts(
      World world, ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {
    ClusterMetadata image = before;
    for (MetadataFact fact : facts) {
      if (fact instanceof MetadataFact.PartitionsChanged changed) {
        for (PartitionChange change : changed.changes()) {
          TopicImage topic = image.topic(change.topicId()).orElseThrow();
          PartitionImage was = topic.partitions().get(change.partition().partition());
          new Change(world, image, was, change).check();
        }
      }
      image = SimDecisions.apply(image, List.of(fact));
    }
    for (TopicImage topic : after.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        checkStanding(world, after, partition);
      }
    }
  }

  /** Whatever has led there, this is how a partition may stand. */
  private static void checkStanding(World world, ClusterMetadata image, PartitionImage now) {
    require(!now.isr().isEmpty(), "the ISR is empty", now, now);
    require(now.replicas().containsAll(now.isr()), "the ISR has who is no replica", now, now);
    require(now.replicas().containsAll(now.eligible()), "who is no replica is eligible", now, now);
    require(
        now.isr().stream().noneMatch(now.eligible()::contains),
        "a member of the ISR is eligible beside it",
        now,
        now);
    if (now.hasLeader()) {
      require(image.isLive(now.leader()), "the leader is not live", now, now);
      require(now.isr().contains(now.leader()), "the leader is not in sync", now, now);
      require(
          live(now.isr(), image).equals(now.isr()), "a member of the ISR is not live", now, now);
    } else {
      require(live(now.isr(), image).isEmpty(), "a live member of the ISR should lead", now, now);
      require(
          live(now.eligible(), image).isEmpty(), "a live eligible replica should lead", now, now);
      require(
          !world.settings().unclean() || live(now.replicas(), image).isEmpty(),
          "a live replica should lead, as unclean elections are allowed",
          now,
          now);
    }
  }

  /**
   * @param image in which the change was decided
   */
  private record Change(
      World world, ClusterMetadata image, PartitionImage was, PartitionChange change) {
    void check() {
      PartitionImage now = change.partition();
      require(
          now.partitionEpoch() > was.partitionEpoch(), "the partition epoch went back", was, now);
      boolean isElection = now.leader() != was.leader();
      boolean isShorter = !now.replicas().containsAll(was.replicas());
      require(
          (isElection || isShorter)
              ? now.leaderEpoch().compareTo(was.leaderEpoch()) > 0
              : now.leaderEpoch().equals(was.leaderEpoch()),
          "the leader epoch does not tell the reigns apart",
          was,
          now);
      require(
          !change.possibleLoss() || world.settings().unclean(),
          "a possible loss where none is allowed",
          was,
          now);
      for (int eligible : now.eligible()) {
        require(
            was.isr().contains(eligible) || was.eligible().contains(eligible),
            "somebody became eligible who was not in sync",
            was,
            now);
      }
      if (isElection && now.hasLeader()) {
        checkElected(now);
      }
    }

    private void checkElected(PartitionImage now) {
      List<Integer> inSync = new ArrayList<>();
      List<Integer> eligible = new ArrayList<>();
      // Only a live leader can propose the ISR that makes a move complete; a move that is called
      // off
      // at the price of records says so.
      boolean moveEnds =
          was.isReassigned()
              && !now.isReassigned()
              && image.isLive(was.leader())
              && !change.possibleLoss();
      for (int replica : live(now.replicas(), image)) {
        if (was.isr().contains(replica) || (moveEnds && now.isr().contains(replica))) {
          inSync.add(replica);
        } else if (was.eligible().contains(replica)) {
          eligible.add(replica);
        }
      }
      if (!inSync.isEmpty()) {
        require(
            inSync.get(0) == now.leader(),
            "the first live member of the ISR should lead",
            was,
            now);
        require(!change.possibleLoss(), "nothing can have been lost", was, now);
      } else if (!eligible.isEmpty()) {
        require(eligible.contains(now.leader()), "an eligible replica should lead", was, now);
        require(!change.possibleLoss(), "nothing can have been lost", was, now);
      } else {
        require(world.settings().unclean(), "an unclean election is not allowed", was, now);
        require(change.possibleLoss(), "an unclean election was not reported", was, now);
      }
      if (!inSync.contains(now.leader())) {
        require(now.isr().equals(List.of(now.leader())), "whoever leads now leads alone", was, now);
      }
    }
  }

  private static List<Integer> live(List<Integer> brokers, ClusterMetadata image) {
    return brokers.stream().filter(image::isLive).toList();
  }

  private static void require(
      boolean holds, String otherwise, PartitionImage was, PartitionImage now) {
    if (!holds) {
      throw new SimulationFailure(Rule.ELECTIONS, otherwise + ": " + was + " became " + now);
    }
  }
}
