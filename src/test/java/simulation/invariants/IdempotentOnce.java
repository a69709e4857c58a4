package simulation.invariants;

import java.util.Optional;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.World;

/**
 * Rule 10, at every moment and in each log by itself: an idempotent producer's batches are there
 * once, in order, and none is left out between two.
 */
final class IdempotentOnce implements Invariant {
  @Override
  public void check(World world, int partition) {
    if (world.truth(partition).isLossAllowed()) {
      return;
    }
    for (SimBroker broker : world.brokers()) {
      Optional<String> fault = broker.ghost(partition).fault();
      if (fault.isPresent()) {
        throw new SimulationFailure(
            Rule.IDEMPOTENT_ONCE,
            "in partition " + partition + " of broker " + broker.id() + " " + fault.get());
      }
    }
  }
}
