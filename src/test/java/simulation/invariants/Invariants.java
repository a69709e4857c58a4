package simulation.invariants;

import java.util.List;

/** All of them, new for each world. */
public final class Invariants {
  private Invariants() {}

  public static List<Invariant> all() {
    return List.of(
        new LeadersNeverTruncate(),
        new HighWatermarkIsRight(),
        new ElectionsAreRight(),
        new LostLeaves(),
        new JoinsByFetching(),
        new InSyncHoldsCommitted(),
        new DeletedStaysDeleted(),
        new IdempotentOnce());
  }
}
