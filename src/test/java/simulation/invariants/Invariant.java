package simulation.invariants;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import java.util.List;
import simulation.SimBroker;
import simulation.World;

/**
 * A rule that holds at every moment. Throws {@link simulation.SimulationFailure} if it does not.
 */
public interface Invariant {
  /** After each event that may have changed anything about this broker. */
  default void check(World world, SimBroker broker) {}

  /**
   * After each event that may have changed what any replica of this partition holds, what of it is
   * committed, or what is decided of it.
   */
  default void check(World world, int partition) {}

  /** After each write that the journal has taken. */
  default void onFacts(
      World world, ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {}
}
