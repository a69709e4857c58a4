package clients.history;

import java.util.List;
import java.util.Set;

/**
 * All that the members of one group did with one topic, and what came back. A member is one life of
 * one consumer; times are of one clock that all of them share.
 */
public record GroupHistory(
    String group,
    List<Stint> stints,
    List<Holding> holdings,
    List<Commit> commits,
    List<Lookup> lookups) {
  public GroupHistory {
    stints = List.copyOf(stints);
    holdings = List.copyOf(holdings);
    commits = List.copyOf(commits);
    lookups = List.copyOf(lookups);
  }

  /**
   * The time in which a member owns a partition, by what its listener was told.
   *
   * @param generation in which it was given it, or the member's epoch; not above 0 if the member
   *     was in none any more
   * @param firstPolledAt when it was given the first records; if there are any
   * @param reading what it was given, from the first record's offset on
   */
  public record Stint(
      String member, int generation, long assignedAt, long firstPolledAt, Reading reading) {
    int partition() {
      return reading.partition();
    }

    boolean hasPolled() {
      return !reading.reads().isEmpty();
    }
  }

  /** All that a member owned after it had heard of an assignment. */
  public record Holding(String member, int generation, Set<Integer> partitions) {
    public Holding {
      partitions = Set.copyOf(partitions);
    }
  }

  /** How a commit ended, as far as its member knows. */
  public enum Ending {
    DONE,
    /** By the coordinator's first and only word, so it must never show. */
    REFUSED,
    /** May show, at any time until its generation is over. */
    UNKNOWN
  }

  /**
   * One offset on its way into the group.
   *
   * @param offset of the next record that the group wants
   * @param generation that the member was in as it began
   */
  public record Commit(
      String member,
      int partition,
      long offset,
      int generation,
      long begunAt,
      long endedAt,
      Ending ending) {}

  /**
   * What a member was told is committed.
   *
   * @param offset -1 for none
   */
  public record Lookup(
      String member, int partition, long offset, int generation, long begunAt, long endedAt) {}

  /** How many commits ended like this. */
  public long count(Ending ending) {
    return commits.stream().filter(commit -> commit.ending() == ending).count();
  }

  /** What the members were given, for the rules that hold for all readers. */
  public List<Reading> readings() {
    return stints.stream().filter(Stint::hasPolled).map(Stint::reading).toList();
  }
}
