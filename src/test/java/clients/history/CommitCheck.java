package clients.history;

import clients.history.Anomaly.Kind;
import clients.history.GroupHistory.Commit;
import clients.history.GroupHistory.Ending;
import clients.history.GroupHistory.Lookup;
import clients.history.GroupHistory.Stint;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.stream.LongStream;

/**
 * A group's committed offset of one partition as what it is, a register: it is written by commits
 * and read by members that start from it or ask for it.
 *
 * <p>A commit of which nobody knows how it ended may be written at any moment up to the one at
 * which the partition has an owner of a later generation: from then on it must be refused. What is
 * read was written by some commit, and no other one lay wholly between that and the read. Only
 * commits of the reader's generation and of those before it count for that: a member that does not
 * know yet that it was replaced is told what its coordinator knows.
 */
final class CommitCheck {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long ALWAYS = Long.MIN_VALUE;

  /** What a group starts from that has committed nothing. */
  private static final Write NOTHING = new Write(-1, ALWAYS, ALWAYS);

  private final GroupHistory group;
  private final int partition;
  private final NavigableSet<Long> held;
  private final List<Stint> stints;
  private final List<Commit> commits;
  private final List<Write> writes = new ArrayList<>();
  private final List<Anomaly> anomalies = new ArrayList<>();

  /** A value that the register may have had, and from when to when it may have been written. */
  private record Write(long offset, long begunAt, long endedAt) {}

  /**
   * @param held offsets at which the partition has a record
   */
  CommitCheck(GroupHistory group, int partition, NavigableSet<Long> held) {
    this.group = group;
    this.partition = partition;
    this.held = held;
    this.stints = group.stints().stream().filter(stint -> stint.partition() == partition).toList();
    this.commits =
        group.commits().stream().filter(commit -> commit.partition() == partition).toList();
    writes.add(NOTHING);
    commits.stream().filter(this::mayShow).map(this::write).forEach(writes::add);
  }

  private boolean mayShow(Commit commit) {
    return commit.ending() == Ending.DONE
        || (commit.ending() == Ending.UNKNOWN && replacedAt(commit) > commit.begunAt());
  }

  private Write write(Commit commit) {
    return new Write(
        commit.offset(),
        commit.begunAt(),
        commit.ending() == Ending.DONE ? commit.endedAt() : replacedAt(commit));
  }

  /** When another member was first given the partition in a later generation. */
  private long replacedAt(Commit commit) {
    return stints.stream()
        .filter(stint -> stint.generation() > commit.generation())
        .filter(stint -> !stint.member().equals(commit.member()))
        .mapToLong(Stint::assignedAt)
        .min()
        .orElse(NEVER);
  }

  List<Anomaly> anomalies() {
    commits.stream().filter(commit -> commit.ending() == Ending.DONE).forEach(this::checkOwner);
    stints.stream().filter(Stint::hasPolled).forEach(this::checkStart);
    group.lookups().stream()
        .filter(lookup -> lookup.partition() == partition)
        .forEach(this::checkLookup);
    return List.copyOf(anomalies);
  }

  /** Who has been replaced commits no more. */
  private void checkOwner(Commit commit) {
    if (replacedAt(commit) < commit.begunAt()) {
      found(
          Kind.ZOMBIE_COMMIT,
          "%s committed %d in generation %d, and others own the partition since a later one",
          commit.member(),
          commit.offset(),
          commit.generation());
    }
  }

  /** The first record that a member is given is the one at the committed offset, or the next. */
  private void checkStart(Stint stint) {
    long start = stint.reading().startOffset();
    long[] allowed =
        readable(stint.generation(), stint.assignedAt(), stint.firstPolledAt())
            .map(this::firstHeldFrom)
            .sorted()
            .toArray();
    if (LongStream.of(allowed).noneMatch(offset -> offset == start)) {
      found(
          start > allowed[allowed.length - 1] ? Kind.STARTED_LATE : Kind.STARTED_EARLY,
          "%s in generation %d starts at %d, and the group's offset was one of %s",
          stint.member(),
          stint.generation(),
          start,
          shown(allowed));
    }
  }

  private void checkLookup(Lookup lookup) {
    long[] allowed =
        readable(lookup.generation(), lookup.begunAt(), lookup.endedAt()).sorted().toArray();
    if (LongStream.of(allowed).noneMatch(offset -> offset == lookup.offset())) {
      found(
          lookup.offset() > allowed[allowed.length - 1]
              ? Kind.NEVER_COMMITTED
              : Kind.COMMIT_WENT_BACK,
          "%s in generation %d was told %d, and the group's offset was one of %s",
          lookup.member(),
          lookup.generation(),
          lookup.offset(),
          shown(allowed));
    }
  }

  /** The values that a read in this time may find; at least one. */
  private LongStream readable(int generation, long begunAt, long endedAt) {
    long overtaken =
        commits.stream()
            .filter(commit -> commit.ending() == Ending.DONE)
            .filter(commit -> commit.generation() <= generation)
            .filter(commit -> commit.endedAt() < begunAt)
            .mapToLong(Commit::begunAt)
            .max()
            .orElse(ALWAYS);
    return writes.stream()
        .filter(write -> write.begunAt() <= endedAt && write.endedAt() >= overtaken)
        .mapToLong(Write::offset)
        .distinct();
  }

  private long firstHeldFrom(long offset) {
    Long first = held.ceiling(offset);
    return first == null ? offset : first;
  }

  /** The latest of many are what matters. */
  private static String shown(long[] offsets) {
    List<Long> last = LongStream.of(offsets).skip(Math.max(0, offsets.length - 5)).boxed().toList();
    return (offsets.length > 5 ? "... " : "") + last;
  }

  private void found(Kind kind, String detail, Object... about) {
    anomalies.add(new Anomaly(kind, partition, group.group() + ": " + detail.formatted(about)));
  }
}
