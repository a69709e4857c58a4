package actors.controller;

import actors.LeaderEpoch;
import java.util.List;

/**
 * What the controller has decided of one partition.
 *
 * @param partition number within the topic, from zero
 * @param replicas broker ids in assignment order; the first is the preferred leader (AR)
 * @param isr in-sync broker ids, a subset of the replicas (ISR)
 * @param eligible broker ids outside the ISR that may still lead without loss (KIP-966, ELR)
 * @param leader broker id, or {@link #NO_LEADER}
 * @param leaderEpoch grows with each election
 * @param partitionEpoch grows with each change of anything here
 */
public record PartitionImage(
    int partition,
    List<Integer> replicas,
    List<Integer> isr,
    List<Integer> eligible,
    int leader,
    LeaderEpoch leaderEpoch,
    int partitionEpoch) {
  /** No live replica may lead. */
  public static final int NO_LEADER = -1;

  public PartitionImage {
    replicas = List.copyOf(replicas);
    isr = List.copyOf(isr);
    eligible = List.copyOf(eligible);
  }

  public boolean hasLeader() {
    return leader != NO_LEADER;
  }
}
