package actors.group.consumer;

import org.pcollections.TreePMap;

/**
 * Where a member is.
 *
 * @param epoch that its next heartbeat has to name; {@link #LEFT_FOR_A_WHILE}: a static member away
 * @param previousEpoch that it may name still, for the answer with the last one may be lost
 * @param owned its partitions, and the epoch at which each came to it
 * @param revoking those that it has to give up and has not yet
 */
public record CurrentAssignment(
    int epoch,
    int previousEpoch,
    MemberState state,
    TreePMap<Partition, Integer> owned,
    TreePMap<Partition, Integer> revoking) {

  /** Kafka's epoch of a static member that will be back within its session. */
  public static final int LEFT_FOR_A_WHILE = -2;

  /** Of a member that has not been given anything. */
  static final CurrentAssignment NEW =
      new CurrentAssignment(0, -1, MemberState.STABLE, TreePMap.empty(), TreePMap.empty());

  boolean isReconciledTo(int targetEpoch) {
    return state == MemberState.STABLE && epoch == targetEpoch;
  }

  /**
   * The same at an epoch; the one before is remembered as Kafka does it, also if it is the same.
   */
  CurrentAssignment at(
      int nextEpoch,
      MemberState nextState,
      TreePMap<Partition, Integer> nextOwned,
      TreePMap<Partition, Integer> nextRevoking) {
    return new CurrentAssignment(nextEpoch, epoch, nextState, nextOwned, nextRevoking);
  }

  CurrentAssignment leftForAWhile() {
    return new CurrentAssignment(LEFT_FOR_A_WHILE, previousEpoch, state, owned, TreePMap.empty());
  }

  /** For the member that takes the place of a static one. */
  CurrentAssignment takenOver() {
    return new CurrentAssignment(0, 0, state, owned, revoking);
  }
}
