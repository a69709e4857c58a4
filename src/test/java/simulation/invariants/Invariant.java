package simulation.invariants;

import actors.controller.ClusterMetadata;
import actors.controller.MetadataFact;
import java.util.List;
import simulation.World;

/**
 * A rule that holds at every moment. Throws {@link simulation.SimulationFailure} if it does not.
 */
public interface Invariant {
  /** After each event. */
  default void check(World world) {}

  /** After each write that the journal has taken. */
  default void onFacts(
      World world, ClusterMetadata before, List<MetadataFact> facts, ClusterMetadata after) {}
}
