package actors.controller;

import actors.LeaderEpoch;
import java.util.List;

/**
 * What the controller has decided of one partition.
 *
 * @param partition number within the topic, from zero
 * @param replicas broker ids in assignment order; the first is the preferred leader (AR). While
 *     replicas move, the wanted ones first and then those that will go
 * @param isr in-sync broker ids, a subset of the replicas (ISR)
 * @param eligible broker ids outside the ISR that may still lead without loss (KIP-966, ELR)
 * @param leader broker id, or {@link #NO_LEADER}
 * @param leaderEpoch grows with each election, and when a replica is taken away
 * @param partitionEpoch grows with each change of anything here
 * @param adding those replicas that were none before the move under way (KIP-455)
 * @param removing those replicas that will be none after it
 */
public record PartitionImage(
    int partition,
    List<Integer> replicas,
    List<Integer> isr,
    List<Integer> eligible,
    int leader,
    LeaderEpoch leaderEpoch,
    int partitionEpoch,
    List<Integer> adding,
    List<Integer> removing) {
  /** No live replica may lead. */
  public static final int NO_LEADER = -1;

  public PartitionImage {
    replicas = List.copyOf(replicas);
    isr = List.copyOf(isr);
    eligible = List.copyOf(eligible);
    adding = List.copyOf(adding);
    removing = List.copyOf(removing);
  }

  /** Of a partition whose replicas stay where they are. */
  public PartitionImage(
      int partition,
      List<Integer> replicas,
      List<Integer> isr,
      List<Integer> eligible,
      int leader,
      LeaderEpoch leaderEpoch,
      int partitionEpoch) {
    this(
        partition,
        replicas,
        isr,
        eligible,
        leader,
        leaderEpoch,
        partitionEpoch,
        List.of(),
        List.of());
  }

  public boolean hasLeader() {
    return leader != NO_LEADER;
  }

  /** Whether replicas are on the move. */
  public boolean isReassigned() {
    return !adding.isEmpty() || !removing.isEmpty();
  }

  /** The replica that leads if all is well. */
  public int preferredLeader() {
    return replicas.get(0);
  }

  /** The replicas there will be once none is on the move, the preferred leader first. */
  public List<Integer> target() {
    return replicas.stream().filter(replica -> !removing.contains(replica)).toList();
  }

  PartitionImage ledBy(int newLeader) {
    return new PartitionImage(
        partition,
        replicas,
        isr,
        eligible,
        newLeader,
        leaderEpoch,
        partitionEpoch,
        adding,
        removing);
  }

  PartitionImage withIsr(List<Integer> newIsr) {
    return new PartitionImage(
        partition,
        replicas,
        newIsr,
        eligible,
        leader,
        leaderEpoch,
        partitionEpoch,
        adding,
        removing);
  }

  /** Neither in sync nor eligible any more. */
  PartitionImage without(int brokerId) {
    return new PartitionImage(
        partition,
        replicas,
        isr.stream().filter(member -> member != brokerId).toList(),
        eligible.stream().filter(member -> member != brokerId).toList(),
        leader,
        leaderEpoch,
        partitionEpoch,
        adding,
        removing);
  }

  PartitionImage inReign(LeaderEpoch epoch) {
    return new PartitionImage(
        partition, replicas, isr, eligible, leader, epoch, partitionEpoch, adding, removing);
  }
}
