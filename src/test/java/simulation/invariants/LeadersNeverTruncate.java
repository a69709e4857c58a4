package simulation.invariants;

import actors.partition.SimReplica;
import java.util.TreeMap;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 1: there is one leader to an epoch, its epoch begins where its log ended and is on record,
 * and its log never gets shorter.
 */
final class LeadersNeverTruncate implements Invariant {
  private final TreeMap<Long, Integer> leaderOf = new TreeMap<>();
  private final TreeMap<Long, Long> endOf = new TreeMap<>();

  @Override
  public void check(World world) {
    for (SimBroker broker : world.brokers()) {
      for (SimReplica replica : broker.replicas()) {
        if (replica.isLeading()) {
          check(broker, replica);
        }
      }
    }
  }

  private void check(SimBroker broker, SimReplica replica) {
    long key = ((long) replica.id().partition() << 32) | replica.epoch();
    int leader = leaderOf.computeIfAbsent(key, first -> broker.id());
    String who = "broker " + broker.id() + " in epoch " + replica.epoch();
    if (leader != broker.id()) {
      throw new SimulationFailure(who + " leads, and so does " + leader);
    }
    long end = replica.log().logEndOffset();
    if (end < endOf.getOrDefault(key, 0L)) {
      throw new SimulationFailure(who + " ends at " + end + ", before " + endOf.get(key));
    }
    endOf.put(key, end);
    if (replica.log().latestEpoch().orElse(-1) != replica.epoch()) {
      throw new SimulationFailure(who + " has not recorded its epoch");
    }
  }
}
