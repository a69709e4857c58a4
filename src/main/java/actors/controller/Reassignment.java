package actors.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * How the replicas of a partition move (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-455%3A+Create+an+Administrative+API+for+Replica+Reassignment">KIP-455</a>):
 * the new ones are added first, and those that are to go do once all that are to stay are in sync.
 * Meanwhile what was before is the replicas without those {@code adding}, and what is wanted the
 * replicas without those {@code removing}; a replica may be both, if the plan has changed twice.
 */
final class Reassignment {
  private Reassignment() {}

  /** The move to these replicas begun, in place of one that may be under way. */
  static PartitionImage begun(PartitionImage partition, List<Integer> target) {
    List<Integer> before = without(partition.replicas(), partition.adding());
    List<Integer> replicas = new ArrayList<>(target);
    for (int replica : partition.replicas()) {
      if (!target.contains(replica) && isStillOfUse(replica, partition)) {
        replicas.add(replica);
      }
    }
    return moved(
        partition, replicas, partition.isr(), without(replicas, before), without(replicas, target));
  }

  /** A replica of the plan before that has not come to anything is dropped at once. */
  private static boolean isStillOfUse(int replica, PartitionImage partition) {
    return !partition.adding().contains(replica)
        || partition.isr().contains(replica)
        || partition.eligible().contains(replica);
  }

  /** Without those that are to go, if all others are in sync; else as it is. */
  static PartitionImage completed(PartitionImage partition) {
    List<Integer> target = partition.target();
    if (!partition.isReassigned() || !partition.isr().containsAll(target)) {
      return partition;
    }
    return moved(partition, target, only(partition.isr(), target::contains), List.of(), List.of());
  }

  /**
   * @param possibleLoss nobody who was there before is known to have everything
   */
  record Reverted(PartitionImage partition, boolean possibleLoss) {}

  /** As it was before the move: without those that were added. */
  static Reverted reverted(PartitionImage partition, IntPredicate active) {
    List<Integer> before = without(partition.replicas(), partition.adding());
    List<Integer> isr = only(partition.isr(), before::contains);
    boolean possibleLoss = false;
    if (isr.isEmpty()) {
      List<Integer> eligible = only(partition.eligible(), before::contains);
      possibleLoss = eligible.isEmpty();
      isr = List.of(firstActive(possibleLoss ? before : eligible, active));
    }
    return new Reverted(moved(partition, before, isr, List.of(), List.of()), possibleLoss);
  }

  private static int firstActive(List<Integer> brokers, IntPredicate active) {
    Optional<Integer> first = brokers.stream().filter(active::test).findFirst();
    return first.orElse(brokers.get(0));
  }

  private static PartitionImage moved(
      PartitionImage partition,
      List<Integer> replicas,
      List<Integer> isr,
      List<Integer> adding,
      List<Integer> removing) {
    return new PartitionImage(
        partition.partition(),
        replicas,
        only(replicas, isr::contains),
        only(replicas, replica -> partition.eligible().contains(replica) && !isr.contains(replica)),
        partition.leader(),
        partition.leaderEpoch(),
        partition.partitionEpoch(),
        adding,
        removing);
  }

  private static List<Integer> without(List<Integer> brokers, List<Integer> others) {
    return only(brokers, broker -> !others.contains(broker));
  }

  private static List<Integer> only(List<Integer> brokers, Predicate<Integer> condition) {
    return brokers.stream().filter(condition).toList();
  }
}
