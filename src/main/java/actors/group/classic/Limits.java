package actors.group.classic;

/** Bounds of what a group of the classic protocol takes on. */
public final class Limits {
  /**
   * Member ids given out and not yet joined with. A client that always comes without one gets
   * another each time, so there must be an end; one more is told to try again later.
   */
  public static final int PENDING_MEMBERS_MAX = 2_000;

  /**
   * How long a new member's first join may wait. It sends no heartbeats, for it does not know its
   * id yet, so one that is gone could otherwise not be told from one that waits.
   */
  public static final int NEW_MEMBER_JOIN_MILLIS_MAX = 300_000;

  /**
   * As much of the client's name as goes into the id of its member; a string of Kafka's ends at 32
   * KiB.
   */
  public static final int NAME_IN_ID_CHARS_MAX = 255;

  private Limits() {}
}
