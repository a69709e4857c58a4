package actors.group;

/**
 * A timer of a group.
 *
 * @param memberId whose; empty for the group's own
 */
public record TimerKey(String memberId, Kind kind) {
  public static TimerKey ofGroup(Kind kind) {
    return new TimerKey("", kind);
  }

  /** What is waited for. */
  public enum Kind {
    /** A sign of life of the member. */
    SESSION,
    /** The member's part in a rebalance: its JoinGroup, or giving up what it was told to. */
    REBALANCE,
    /** The member's SyncGroup. */
    SYNC,
    /** More members, before the first rebalance of an empty group, or the end of a rebalance. */
    JOINING,
    /** The next look at topics matched by a pattern, and the like. */
    REFRESH
  }
}
