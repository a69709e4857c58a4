package simulation.invariants;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import actors.controller.PartitionChange;
import actors.controller.PartitionImage;
import actors.controller.SimDecisions;
import actors.partition.SimReplica;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rules 4 and 9: nobody comes into an ISR, other than as its new leader, who has not followed in
 * this epoch, in the life that is registered.
 */
final class JoinsByFetching implements Invariant {
  private final Set<Followed> followed = new HashSet<>();

  private record Followed(int broker, int partition, long life, int epoch) {}

  @Override
  public void check(World world, SimBroker broker) {
    for (SimReplica replica : broker.replicas()) {
      if (replica.isFollowing()) {
        followed.add(
            new Followed(
                broker.id(), replica.id().partition(), broker.epoch().value(), replica.epoch()));
      }
    }
  }

  @Override
  public void onFacts(
      World world, ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {
    ClusterMetadata image = before;
    for (MetadataFact fact : facts) {
      if (fact instanceof MetadataFact.PartitionsChanged changed) {
        for (PartitionChange change : changed.changes()) {
          check(world.partition(image, change.partition().partition()), change, image);
        }
      }
      image = SimDecisions.apply(image, List.of(fact));
    }
  }

  private void check(
      Optional<PartitionImage> before, PartitionChange change, ClusterMetadata image) {
    PartitionImage was = before.orElseThrow();
    PartitionImage now = change.partition();
    for (int member : now.isr()) {
      boolean isElected =
          now.isr().size() == 1 && (was.eligible().contains(member) || change.possibleLoss());
      if (was.isr().contains(member) || isElected) {
        continue;
      }
      long life = image.brokers().get(member).epoch().value();
      if (!followed.contains(
          new Followed(member, now.partition(), life, was.leaderEpoch().value()))) {
        throw new SimulationFailure(
            Rule.JOINS_BY_FETCHING,
            "broker " + member + " has not followed in its present life: " + was + ", " + now);
      }
    }
  }
}
