package simulation.invariants;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import actors.controller.PartitionImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimFileSystem;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 9, by what really happened to disks: whoever registers after its disk has lost some of a log
 * is in no ISR and eligible nowhere, unless it is the last one. That it comes back only by
 * following a leader is for {@link JoinsByFetching} to say.
 */
final class LostLeaves implements Invariant {
  private final Map<Uuid, State> begun = new HashMap<>();
  private final TreeMap<Integer, State> registered = new TreeMap<>();

  /** Of a disk when a life began on it. */
  private record State(SimFileSystem disk, long losses) {
    boolean isAs(State other) {
      return disk == other.disk && losses == other.losses;
    }
  }

  @Override
  public void check(World world, SimBroker broker) {
    if (broker.isUp() && !begun.containsKey(broker.incarnation())) {
      begun.put(broker.incarnation(), new State(broker.disk(), broker.disk().losses()));
    }
  }

  @Override
  public void onFacts(
      World world, ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {
    for (MetadataFact fact : facts) {
      if (fact instanceof MetadataFact.BrokerRegistered news) {
        int id = news.broker().id();
        check(world, world.broker(id));
        State now = begun.get(news.broker().incarnation());
        if (now == null) {
          continue; // a life that is over before it was looked at, or one under another's id
        }
        State last = registered.put(id, now);
        if (last != null && !last.isAs(now)) {
          for (int partition = 0; partition < world.settings().partitions(); partition++) {
            check(id, world.partition(before, partition), world.partition(after, partition));
          }
        }
      }
    }
  }

  private static void check(int id, Optional<PartitionImage> was, Optional<PartitionImage> now) {
    if (was.isEmpty() || now.isEmpty()) {
      return;
    }
    boolean isLast =
        List.of(id).equals(was.get().isr())
            && was.get().eligible().stream().allMatch(other -> other == id);
    boolean isTrusted = now.get().isr().contains(id) && !isLast;
    if (isTrusted || now.get().eligible().contains(id)) {
      throw new SimulationFailure(
          Rule.LOST_LEAVES,
          "broker " + id + " has lost something and is trusted: " + was.get() + ", " + now.get());
    }
  }
}
