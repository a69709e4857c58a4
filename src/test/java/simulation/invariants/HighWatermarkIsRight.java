package simulation.invariants;

import actors.partition.SimReplica;
import java.util.HashMap;
import java.util.Map;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 3: the high watermark never moves back within an epoch, never passes the log end, and stands
 * still while the confirmed ISR is too small.
 */
final class HighWatermarkIsRight implements Invariant {
  private final Map<Long, Seen> seen = new HashMap<>();

  private record Seen(SimReplica replica, int epoch, long highWatermark, boolean enough) {}

  @Override
  public void check(World world, SimBroker broker) {
    for (SimReplica replica : broker.replicas()) {
      long key = ((long) broker.id() << 32) | replica.id().partition();
      if (replica.isLeading()) {
        Seen now =
            new Seen(
                replica,
                replica.epoch(),
                replica.highWatermark(),
                replica.confirmedIsr().size() >= replica.minInSync());
        check(broker.id(), now, seen.put(key, now));
      } else {
        seen.remove(key);
      }
    }
  }

  private static void check(int broker, Seen now, Seen before) {
    if (now.highWatermark() > now.replica().log().logEndOffset()) {
      throw wrong(broker, "has its high watermark past its end");
    }
    if (before == null || before.replica() != now.replica() || before.epoch() != now.epoch()) {
      return;
    }
    if (now.highWatermark() < before.highWatermark()) {
      throw wrong(
          broker,
          "moved its high watermark back from "
              + before.highWatermark()
              + " to "
              + now.highWatermark());
    }
    if (now.highWatermark() > before.highWatermark() && !now.enough() && !before.enough()) {
      throw wrong(
          broker, "moved its high watermark to " + now.highWatermark() + " with too small an ISR");
    }
  }

  private static SimulationFailure wrong(int broker, String what) {
    return new SimulationFailure(Rule.HIGH_WATERMARK, "broker " + broker + " " + what);
  }
}
