package simulation.invariants;

import actors.partition.SimReplica;
import java.util.TreeMap;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 3: the high watermark never moves back within an epoch, never passes the log end, and stands
 * still while the confirmed ISR is too small.
 */
final class HighWatermarkIsRight implements Invariant {
  private final TreeMap<String, Seen> seen = new TreeMap<>();

  private record Seen(SimReplica replica, int epoch, long highWatermark, boolean enough) {}

  @Override
  public void check(World world) {
    for (SimBroker broker : world.brokers()) {
      for (SimReplica replica : broker.replicas()) {
        String key = broker.id() + "-" + replica.id().partition();
        if (replica.isLeading()) {
          Seen now =
              new Seen(
                  replica,
                  replica.epoch(),
                  replica.highWatermark(),
                  replica.confirmedIsr().size() >= replica.minInSync());
          check(key, now, seen.get(key));
          seen.put(key, now);
        } else {
          seen.remove(key);
        }
      }
    }
  }

  private static void check(String who, Seen now, Seen before) {
    if (now.highWatermark() > now.replica().log().logEndOffset()) {
      throw new SimulationFailure(who + " has its high watermark past its end");
    }
    if (before == null || before.replica() != now.replica() || before.epoch() != now.epoch()) {
      return;
    }
    if (now.highWatermark() < before.highWatermark()) {
      throw new SimulationFailure(
          who
              + " moved its high watermark back from "
              + before.highWatermark()
              + " to "
              + now.highWatermark());
    }
    if (now.highWatermark() > before.highWatermark() && !now.enough() && !before.enough()) {
      throw new SimulationFailure(
          who + " moved its high watermark to " + now.highWatermark() + " with too small an ISR");
    }
  }
}
