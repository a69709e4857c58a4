package simulation.invariants;

import actors.controller.PartitionImage;
import java.util.List;
import java.util.Optional;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.Truth;
import simulation.World;

/**
 * What rules 3, 4, 5, 8 and 9 are for, worked out without them: every replica that may be elected
 * without loss (in the ISR or eligible, by the journal) has on its disk everything that any leader
 * has ever called committed.
 */
final class InSyncHoldsCommitted implements Invariant {
  @Override
  public void check(World world, int partition) {
    Optional<PartitionImage> image = world.image(partition);
    if (image.isPresent() && !world.truth(partition).isLossAllowed()) {
      check(world, image.get(), image.get().isr());
      check(world, image.get(), image.get().eligible());
    }
  }

  private static void check(World world, PartitionImage image, List<Integer> trusted) {
    int partition = image.partition();
    Truth truth = world.truth(partition);
    for (int id : trusted) {
      SimBroker broker = world.broker(id);
      if (!broker.isDamaged()
          && broker.isGhostKnown(partition)
          && !truth.committed().agrees(broker.ghost(partition), truth.end())) {
        throw new SimulationFailure(
            Rule.IN_SYNC_HOLDS_COMMITTED,
            "broker "
                + id
                + " is trusted with partition "
                + partition
                + " and lacks some of what is committed up to "
                + truth.end()
                + ": it has "
                + broker.ghost(partition)
                + ", decided is "
                + image);
      }
    }
  }
}
