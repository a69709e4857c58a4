package streams;

/**
 * When a record counts as written. There is no level without an answer: the answers are what slows
 * a sink down to the pace of its broker.
 */
public enum Acks {
  /** Every in-sync replica has it. */
  ALL((short) -1),

  /** The leader has it; lost if the leader is lost before a follower has copied it. */
  LEADER((short) 1);

  private final short code;

  Acks(short code) {
    this.code = code;
  }

  /** As in a produce request. */
  short code() {
    return code;
  }
}
