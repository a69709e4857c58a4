package actors.controller;

import actors.LeaderEpoch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Which brokers hold which partitions. First replicas go round the brokers, so that leaders spread
 * evenly; the other replicas of a partition follow at a distance that grows with each round, so
 * that the load of a broker that dies falls on all others and not on its neighbour. The replicas of
 * a partition are in as many racks as they can be (KIP-36), those without a rack counting as one.
 */
final class Placement {
  private Placement() {}

  /**
   * Replicas of each new partition, the preferred leader first.
   *
   * @param brokers to choose from, at least {@code replicationFactor}, in an order that does not
   *     depend on chance
   * @param rackOf by broker id
   * @param firstPartition number of the first new partition
   * @param start drawn at random, so that small topics do not all begin at the same broker
   */
  static List<List<Integer>> place(
      List<Integer> brokers,
      IntFunction<Optional<String>> rackOf,
      int firstPartition,
      int count,
      int replicationFactor,
      int start) {
    List<Placed> circle = alternating(brokers, rackOf);
    List<List<Integer>> placed = new ArrayList<>(count);
    for (int partition = firstPartition; partition < firstPartition + count; partition++) {
      long turn = (long) start + partition;
      placed.add(replicas(circle, turn, replicationFactor));
    }
    return placed;
  }

  /** A broker and where it stands. */
  private record Placed(int brokerId, String rack) {}

  /**
   * The brokers with one of each rack after the other, so that neighbours are in different ones.
   */
  private static List<Placed> alternating(
      List<Integer> brokers, IntFunction<Optional<String>> rackOf) {
    Map<String, Deque<Placed>> byRack = new TreeMap<>();
    for (int brokerId : brokers) {
      String rack = rackOf.apply(brokerId).orElse("");
      byRack.computeIfAbsent(rack, name -> new ArrayDeque<>()).add(new Placed(brokerId, rack));
    }
    List<Placed> circle = new ArrayList<>(brokers.size());
    while (circle.size() < brokers.size()) {
      for (Deque<Placed> rack : byRack.values()) {
        if (!rack.isEmpty()) {
          circle.add(rack.remove());
        }
      }
    }
    return circle;
  }

  private static List<Integer> replicas(List<Placed> circle, long turn, int replicationFactor) {
    List<Placed> candidates = inOrder(circle, turn);
    List<Integer> replicas = new ArrayList<>(replicationFactor);
    Map<String, Integer> perRack = new HashMap<>();
    while (replicas.size() < replicationFactor) {
      Placed next = fromEmptiestRack(candidates, perRack);
      candidates.remove(next);
      perRack.merge(next.rack(), 1, Integer::sum);
      replicas.add(next.brokerId());
    }
    return replicas;
  }

  /** The one whose turn it is, and then the others at this round's distance. */
  private static List<Placed> inOrder(List<Placed> circle, long turn) {
    int size = circle.size();
    int first = (int) Math.floorMod(turn, (long) size);
    long round = Math.floorDiv(turn, (long) size);
    List<Placed> candidates = new ArrayList<>(size);
    candidates.add(circle.get(first));
    for (int step = 0; step < size - 1; step++) {
      int distance = 1 + (int) Math.floorMod(round + step, (long) size - 1);
      candidates.add(circle.get((first + distance) % size));
    }
    return candidates;
  }

  private static Placed fromEmptiestRack(List<Placed> candidates, Map<String, Integer> perRack) {
    Placed best = candidates.get(0);
    for (Placed candidate : candidates) {
      if (perRack.getOrDefault(candidate.rack(), 0) < perRack.getOrDefault(best.rack(), 0)) {
        best = candidate;
      }
    }
    return best;
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
