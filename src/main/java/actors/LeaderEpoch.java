package actors;

/**
 * The reign of one leader over one partition. Grows by one with each election; every message
 * between replicas carries it and is compared before anything else is looked at.
 *
 * @param value zero for a partition's first leader
 */
public record LeaderEpoch(int value) implements Comparable<LeaderEpoch> {
  /** Before any leader was elected. */
  public static final LeaderEpoch NONE = new LeaderEpoch(-1);

  public LeaderEpoch next() {
    return new LeaderEpoch(value + 1);
  }

  @Override
  public int compareTo(LeaderEpoch other) {
    return Integer.compare(value, other.value);
  }
}
