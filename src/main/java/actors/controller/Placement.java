package actors.controller;

import actors.LeaderEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which brokers hold which partitions. First replicas go round the brokers, so that leaders spread
 * evenly; the other replicas of a partition follow at a distance that grows with each round, so
 * that the load of a broker that dies falls on all others and not on its neighbour.
 */
final class Placement {
  private Placement() {}

  /**
   * Replicas of each new partition, the preferred leader first.
   *
   * @param brokers to choose from, at least {@code replicationFactor}, in an order that does not
   *     depend on chance
   * @param firstPartition number of the first new partition
   * @param start drawn at random, so that small topics do not all begin at the same broker
   */
  static List<List<Integer>> place(
      List<Integer> brokers, int firstPartition, int count, int replicationFactor, int start) {
    List<List<Integer>> placed = new ArrayList<>(count);
    for (int partition = firstPartition; partition < firstPartition + count; partition++) {
      long turn = (long) start + partition;
      placed.add(replicas(brokers, turn, replicationFactor));
    }
    return placed;
  }

  private static List<Integer> replicas(List<Integer> brokers, long turn, int replicationFactor) {
    int size = brokers.size();
    int first = (int) Math.floorMod(turn, (long) size);
    long round = Math.floorDiv(turn, (long) size);
    List<Integer> replicas = new ArrayList<>(replicationFactor);
    replicas.add(brokers.get(first));
    for (int replica = 0; replica < replicationFactor - 1; replica++) {
      int distance = 1 + (int) Math.floorMod(round + replica, (long) size - 1);
      replicas.add(brokers.get((first + distance) % size));
    }
    return replicas;
  }

  /**
   * A partition at its beginning: every active replica is in sync, since there is nothing to lack.
   */
  static PartitionImage begin(int partition, List<Integer> replicas, IntPredicate active) {
    List<Integer> isr = replicas.stream().filter(active::test).toList();
    return new PartitionImage(
        partition, replicas, isr, List.of(), isr.get(0), new LeaderEpoch(0), 0);
  }
}
