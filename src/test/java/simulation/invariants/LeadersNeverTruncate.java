package simulation.invariants;

import actors.partition.SimReplica;
import java.util.TreeMap;
import simulation.Rule;
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
  public void check(World world, SimBroker broker) {
    for (SimReplica replica : broker.replicas()) {
      if (replica.isLeading()) {
        check(broker, replica);
      }
    }
  }

  private void check(SimBroker broker, SimReplica replica) {
    long key = ((long) replica.id().partition() << 32) | replica.epoch();
    int leader = leaderOf.computeIfAbsent(key, first -> broker.id());
    if (leader != broker.id()) {
      throw new SimulationFailure(
          Rule.LEADERS_NEVER_TRUNCATE, who(broker, replica) + " leads, and so does " + leader);
    }
    long end = replica.log().logEndOffset();
    if (end < endOf.getOrDefault(key, 0L)) {
      throw new SimulationFailure(
          Rule.LEADERS_NEVER_TRUNCATE,
          who(broker, replica) + " ends at " + end + ", before " + endOf.get(key));
    }
    endOf.put(key, end);
    if (replica.log().latestEpoch().orElse(-1) != replica.epoch()) {
      throw new SimulationFailure(
          Rule.LEADERS_NEVER_TRUNCATE, who(broker, replica) + " has not recorded its epoch");
    }
  }

  private static String who(SimBroker broker, SimReplica replica) {
    return "broker " + broker.id() + " in epoch " + replica.epoch();
  }
}
