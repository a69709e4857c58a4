package clients.history;

import static org.assertj.core.api.Assertions.assertThat;

import clients.history.Anomaly.Kind;
import clients.history.GroupHistory.Commit;
import clients.history.GroupHistory.Ending;
import clients.history.GroupHistory.Holding;
import clients.history.GroupHistory.Lookup;
import clients.history.GroupHistory.Stint;
import clients.history.Reading.Read;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The log holds the values 100 to 109 at the offsets 0 to 9, and all of it is acknowledged. */
class GroupCheckerTest {
  private static final int PARTITION = 0;
  private static final long LOG_END = 10;

  private final List<Send> sends = new ArrayList<>();
  private final List<Stint> stints = new ArrayList<>();
  private final List<Holding> holdings = new ArrayList<>();
  private final List<Commit> commits = new ArrayList<>();
  private final List<Lookup> lookups = new ArrayList<>();

  @BeforeEach
  void fillTheLog() {
    for (long offset = 0; offset < LOG_END; offset++) {
      sends.add(new Send(1, PARTITION, 100 + offset, Outcome.acked(offset)));
    }
  }

  @Nested
  class IsContentWith {
    @Test
    void membersOfWhichOneGoesOnWhereTheOtherHasCommitted() {
      stint("a", 1, 10, 0, 6);
      commit("a", 1, 6, 20, 21, Ending.DONE);
      stint("b", 2, 30, 6, LOG_END);

      assertThat(found()).isEmpty();
    }

    @Test
    void whatWasNotCommittedAndIsReadAgain() {
      stint("a", 1, 10, 0, 6);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      stint("b", 2, 30, 3, LOG_END);

      assertThat(found()).isEmpty();
    }

    @Test
    void aCommitThatNobodyKnowsTheEndOfWhetherItCountsOrNot() {
      stint("a", 1, 10, 0, 6);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 23, Ending.UNKNOWN);
      stint("b", 2, 30, 3, 7);
      stint("c", 3, 50, 3, LOG_END);
      assertThat(found()).isEmpty();

      stints.clear();
      stint("a", 1, 10, 0, 6);
      stint("b", 2, 30, 6, LOG_END);
      assertThat(found()).isEmpty();
    }

    @Test
    void aCommitThatNobodyKnowsTheEndOfAndThatOvertakesTheNext() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.UNKNOWN);
      commit("a", 1, 6, 22, 23, Ending.DONE);
      stint("b", 2, 30, 3, LOG_END);

      assertThat(found()).isEmpty();
    }

    @Test
    void commitsWhoseAnswersCrossThoseOfTheRead() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 40, Ending.DONE);
      lookup("a", 1, 3, 30, 31);
      lookup("a", 1, 6, 32, 33);

      assertThat(found()).isEmpty();
    }

    @Test
    void anOffsetBehindTheLogsLastRecord() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, LOG_END, 20, 21, Ending.DONE);
      stint("b", 2, 30, LOG_END, LOG_END);
      lookup("b", 2, LOG_END, 31, 32);

      assertThat(found()).isEmpty();
    }

    @Test
    void aMemberThatDoesNotKnowYetThatItWasReplacedIfItsCommitsAreRefused() {
      stint("a", 1, 10, 0, 6);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      stint("b", 2, 30, 3, LOG_END);
      commit("b", 2, 8, 40, 41, Ending.DONE);
      lookup("a", 1, 3, 50, 51);
      commit("a", 1, 6, 60, 61, Ending.REFUSED);
      lookup("b", 2, 8, 70, 71);

      assertThat(found()).isEmpty();
    }

    @Test
    void aMemberThatIsGivenAPartitionAnewAndOneThatHearsLateThatItHadIt() {
      stint("a", 3, 30, 0, LOG_END);
      stint("late", 2, 40, 0, 2);
      commit("a", 3, 6, 50, 51, Ending.DONE);

      assertThat(found()).isEmpty();
    }

    @Test
    void ownersInTurn() {
      stint("a", 1, 10, 0, LOG_END);
      holdings.add(new Holding("a", 1, Set.of(0, 1)));
      holdings.add(new Holding("a", 2, Set.of(0)));
      holdings.add(new Holding("b", 2, Set.of(1)));
      holdings.add(new Holding("a", 2, Set.of(0)));
      holdings.add(new Holding("gone", 0, Set.of(0, 1)));

      assertThat(found()).isEmpty();
    }
  }

  @Nested
  class Finds {
    @Test
    void anAcknowledgedRecordThatNoMemberWasGiven() {
      stint("a", 1, 10, 0, LOG_END - 1);

      assertThat(found()).containsExactly(Map.entry(Kind.MISSED, 1L));
    }

    @Test
    void aHoleWithinAnAssignment() {
      stints.add(
          new Stint(
              "a",
              1,
              10,
              11,
              new Reading("a", PARTITION, 0, false, List.of(read(0), read(1), read(3)))));
      stint("b", 2, 30, 0, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.POLL_SKIP, 1L));
    }

    @Test
    void aStepBackWithinAnAssignment() {
      stints.add(
          new Stint(
              "a",
              1,
              10,
              11,
              new Reading("a", PARTITION, 0, false, List.of(read(0), read(1), read(1)))));
      stint("b", 2, 30, 0, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.NONMONOTONIC_POLL, 1L));
    }

    @Test
    void aStartBehindWhatIsCommitted() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 6, 20, 21, Ending.DONE);
      stint("b", 2, 30, 7, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_LATE, 1L));
    }

    @Test
    void aStartBehindTheFirstRecordThoughNothingIsCommitted() {
      stint("a", 1, 10, 1, LOG_END);
      stint("b", 2, 30, 0, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_LATE, 1L));
    }

    @Test
    void aStartThatKnowsNothingOfTheLastCommit() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 23, Ending.DONE);
      stint("b", 2, 30, 3, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_EARLY, 1L));
    }

    @Test
    void aStartThatKnowsNothingOfAnyCommit() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 6, 20, 21, Ending.DONE);
      stint("b", 2, 30, 0, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_EARLY, 1L));
    }

    @Test
    void aCommitThatWasRefusedAndCounts() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 23, Ending.REFUSED);
      stint("b", 2, 30, 6, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_LATE, 1L));
    }

    @Test
    void anUnknownCommitThatCountsAfterAnotherMemberOwnsThePartition() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 23, Ending.UNKNOWN);
      stint("b", 2, 30, 3, LOG_END);
      commit("b", 2, 8, 40, 41, Ending.DONE);
      stint("c", 3, 50, 6, LOG_END);

      assertThat(found()).containsExactly(Map.entry(Kind.STARTED_EARLY, 1L));
    }

    @Test
    void aCommitThatGoesBackByItself() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      commit("a", 1, 6, 22, 23, Ending.DONE);
      lookup("a", 1, 6, 30, 31);
      lookup("a", 1, 3, 32, 33);

      assertThat(found()).containsExactly(Map.entry(Kind.COMMIT_WENT_BACK, 1L));
    }

    @Test
    void aCommitThatIsGone() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      lookup("a", 1, -1, 30, 31);

      assertThat(found()).containsExactly(Map.entry(Kind.COMMIT_WENT_BACK, 1L));
    }

    @Test
    void anOffsetThatNobodyCommitted() {
      stint("a", 1, 10, 0, LOG_END);
      commit("a", 1, 3, 20, 21, Ending.DONE);
      lookup("a", 1, 5, 30, 31);

      assertThat(found()).containsExactly(Map.entry(Kind.NEVER_COMMITTED, 1L));
    }

    @Test
    void twoOwnersInOneGeneration() {
      stint("a", 1, 10, 0, LOG_END);
      holdings.add(new Holding("a", 4, Set.of(0, 1)));
      holdings.add(new Holding("b", 4, Set.of(1, 2)));

      assertThat(found()).containsExactly(Map.entry(Kind.TWO_OWNERS, 1L));
    }

    @Test
    void aCommitOfAMemberThatWasReplaced() {
      stint("a", 1, 10, 0, LOG_END);
      stint("b", 2, 30, 0, LOG_END);
      commit("a", 1, 6, 40, 41, Ending.DONE);

      assertThat(found()).containsExactly(Map.entry(Kind.ZOMBIE_COMMIT, 1L));
    }
  }

  /** By all rules, those for any reader and those for groups. */
  private Map<Kind, Long> found() {
    GroupHistory group = new GroupHistory("g", stints, holdings, commits, lookups);
    List<Read> all = LongStream.range(0, LOG_END).mapToObj(GroupCheckerTest::read).toList();
    History log =
        new History(sends, List.of(new Reading("last", PARTITION, 0, true, all)))
            .with(group.readings());
    List<Anomaly> anomalies = new ArrayList<>(HistoryChecker.check(log));
    anomalies.addAll(GroupChecker.check(group, log));
    return HistoryChecker.counts(anomalies);
  }

  /** Reads from one offset up to another one, one tick after it was given the partition. */
  private void stint(String member, int generation, long assignedAt, long from, long end) {
    List<Read> reads = LongStream.range(from, end).mapToObj(GroupCheckerTest::read).toList();
    stints.add(
        new Stint(
            member,
            generation,
            assignedAt,
            assignedAt + 1,
            new Reading(member, PARTITION, from, false, reads)));
  }

  private void commit(
      String member, int generation, long offset, long begunAt, long endedAt, Ending ending) {
    commits.add(new Commit(member, PARTITION, offset, generation, begunAt, endedAt, ending));
  }

  private void lookup(String member, int generation, long offset, long begunAt, long endedAt) {
    lookups.add(new Lookup(member, PARTITION, offset, generation, begunAt, endedAt));
  }

  private static Read read(long offset) {
    return new Read(offset, 100 + offset);
  }
}
