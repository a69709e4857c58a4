package actors.group.consumer;

/** Bounds of what a group of KIP-848 takes on. */
public final class Limits {
  /** Of a pattern; a topic's name has at most 249 characters. */
  public static final int PATTERN_CHARS_MAX = 4_096;

  /** Different patterns in one group; each is matched with all topics when these change. */
  public static final int PATTERNS_MAX = 100;

  /** Topics that one member names. */
  public static final int SUBSCRIBED_NAMES_MAX = 10_000;

  /**
   * Between two looks at the topics without an event that asks for one; it heals an event that was
   * lost.
   */
  public static final long REFRESH_MILLIS = 600_000;

  /** Rounds of evening out where subscriptions differ; what is uneven after them stays so. */
  public static final int BALANCE_ROUNDS_MAX = 1_000;

  /** A group of up to so many members is given a new target at every change. */
  public static final int ASSIGNED_AT_ONCE_MEMBERS_MAX = 100;

  /** A larger one is given the next one so long after the last at the earliest. */
  public static final long ASSIGNMENT_PAUSE_MILLIS = 1_000;

  private Limits() {}
}
