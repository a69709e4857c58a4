package simulation;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import simulation.invariants.Invariant;
import simulation.invariants.Invariants;

/**
 * Holds a world to its invariants: after each event those of what it may have changed, or (which
 * takes several times as long and must find the same) those of everything.
 */
final class Watch {
  private final World world;
  private final boolean everything;
  private final List<Witness> witnesses = new ArrayList<>();
  private final List<SimBroker> changed = new ArrayList<>();
  private final BitSet touched = new BitSet();
  private final List<Invariant> invariants = Invariants.all();

  Watch(World world, boolean everything) {
    this.world = world;
    this.everything = everything;
    world.brokers().forEach(broker -> witnesses.add(new Witness(world, broker)));
  }

  /** What is held, committed or decided of the partition has changed. */
  void touched(int partition) {
    touched.set(partition);
  }

  /**
   * @param on where something has happened; null: nowhere in particular
   */
  void afterEvent(SimBroker on) {
    if (on != null) {
      world.mix(on.id());
    }
    for (Witness witness : witnesses) {
      boolean here = witness.broker() == on;
      boolean mayDiffer = here || (on == null && witness.isOfAnotherLife());
      if ((mayDiffer || everything) && witness.look(this, everything)) {
        changed.add(witness.broker());
      }
      if (here || on == null) {
        witness.trace();
      }
      if (mayDiffer) {
        witness.sendAnswers();
      }
    }
    if (!changed.isEmpty() || !touched.isEmpty()) {
      checkInvariants();
    }
  }

  private void checkInvariants() {
    for (Invariant invariant : invariants) {
      for (SimBroker broker : changed) {
        invariant.check(world, broker);
      }
      for (int p = touched.nextSetBit(0); p >= 0; p = touched.nextSetBit(p + 1)) {
        invariant.check(world, p);
      }
    }
    changed.clear();
    touched.clear();
  }

  /** The journal has taken a write. */
  void afterFacts(ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {
    touched.set(0, world.settings().partitions());
    for (Invariant invariant : invariants) {
      invariant.onFacts(world, before, facts, after);
    }
  }
}
