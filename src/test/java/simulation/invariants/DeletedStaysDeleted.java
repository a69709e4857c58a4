package simulation.invariants;

import actors.controller.PartitionImage;
import actors.partition.SimReplica;
import java.util.List;
import java.util.Optional;
import simulation.Rule;
import simulation.SimBroker;
import simulation.SimulationFailure;
import simulation.Truth;
import simulation.World;
import storage.log.PartitionLog;

/**
 * A log starts at or before its high watermark, and where somebody wanted it to. Once a client was
 * told that something is deleted, it is so on every replica that may be elected without loss.
 */
final class DeletedStaysDeleted implements Invariant {
  @Override
  public void check(World world, SimBroker broker) {
    for (SimReplica replica : broker.replicas()) {
      Truth truth = world.truth(replica.id().partition());
      if (replica.isOpen() && !truth.isLossAllowed()) {
        long start = replica.log().logStartOffset();
        boolean hasRole = replica.isLeading() || replica.isFollowing();
        if (start > truth.end() || start > truth.deletionAsked()) {
          throw wrong(
              broker,
              "starts at %d, committed is %d, to be deleted %d"
                  .formatted(start, truth.end(), truth.deletionAsked()));
        }
        if (hasRole && start > replica.highWatermark()) {
          throw wrong(
              broker,
              "starts at %d, its high watermark is %d".formatted(start, replica.highWatermark()));
        }
      }
    }
  }

  @Override
  public void check(World world, int partition) {
    Optional<PartitionImage> image = world.image(partition);
    if (image.isPresent() && !world.truth(partition).isLossAllowed()) {
      check(world, partition, image.get().isr());
      check(world, partition, image.get().eligible());
    }
  }

  private static void check(World world, int partition, List<Integer> trusted) {
    long deleted = world.truth(partition).deletedForGood();
    for (int id : trusted) {
      SimBroker broker = world.broker(id);
      Optional<Long> start =
          broker
              .replica(partition)
              .filter(SimReplica::isOpen)
              .map(SimReplica::log)
              .map(PartitionLog::logStartOffset);
      if (!broker.isDamaged() && start.isPresent() && start.get() < deleted) {
        throw wrong(broker, "starts at %d, a client was told %d".formatted(start.get(), deleted));
      }
    }
  }

  private static SimulationFailure wrong(SimBroker broker, String what) {
    return new SimulationFailure(
        Rule.DELETED_STAYS_DELETED, "the log of broker " + broker.id() + " " + what);
  }
}
