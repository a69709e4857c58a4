package clients.history;

/** One place where a history contradicts a replicated log. */
public record Anomaly(Kind kind, int partition, String detail) {
  /** What can be wrong. */
  public enum Kind {
    /** Acknowledged, and a reader that went past its offset was never given it. */
    LOST,
    /** A consumer was given it once, but it is in the log no more. */
    VANISHED,
    /** Acknowledged, and no reader came as far as its offset. */
    UNSEEN,
    /** One value read at several offsets. */
    DUPLICATE,
    /** One offset at which several values were read or acknowledged. */
    INCONSISTENT_OFFSET,
    /** Acknowledged at one offset and read at another. */
    WRONG_OFFSET,
    /** Read, though nobody sent it to this partition. */
    NEVER_SENT,
    /** Read, though its producer was told that it was refused. */
    ABORTED_READ,
    /** A consumer was given what lies on both sides of a record, but not the record. */
    POLL_SKIP,
    /** A consumer was given an offset after the same or a later one. */
    NONMONOTONIC_POLL,
    /** A producer's later record lies before its earlier one. */
    NONMONOTONIC_SEND,
    /** Acknowledged, and no member of a group was given it. */
    MISSED,
    /** Two members of a group own one partition in one generation. */
    TWO_OWNERS,
    /** A member's commit counted, though another one of a later generation owned the partition. */
    ZOMBIE_COMMIT,
    /** A member's first record lies behind everything that the group may have committed. */
    STARTED_LATE,
    /** A member's first record lies before what the group had committed. */
    STARTED_EARLY,
    /** A member was told of a committed offset that was overtaken by another commit. */
    COMMIT_WENT_BACK,
    /** A member was told of a committed offset that nobody has committed. */
    NEVER_COMMITTED
  }

  @Override
  public String toString() {
    return kind + " in partition " + partition + ": " + detail;
  }
}
