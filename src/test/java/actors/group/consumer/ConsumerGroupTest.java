package actors.group.consumer;

import static actors.group.consumer.GroupBench.assigned;
import static actors.group.consumer.GroupBench.beat;
import static actors.group.consumer.GroupBench.join;
import static org.assertj.core.api.Assertions.assertThat;

import actors.group.Effect;
import actors.group.Group.Committer;
import actors.group.TimerKey;
import actors.group.TimerKey.Kind;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ConsumerGroupTest {
  private final GroupBench bench = new GroupBench();

  ConsumerGroupTest() {
    bench.topics = FakeTopics.NONE.with("t", 4);
  }

  @AfterEach
  void whatTheLogHoldsIsTheGroup() {
    assertThat(bench.rebuilt()).isEqualTo(bench.group);
  }

  private static Errors error(ConsumerGroupHeartbeatResponseData response) {
    return Errors.forCode(response.errorCode());
  }

  private Errors mayCommit(String memberId, int epoch) {
    return bench.group.mayCommit(new Committer(memberId, Optional.empty(), epoch));
  }

  @Nested
  class WhenNobodyIsThere {
    @Test
    void givesTheFirstMemberEverything() {
      ConsumerGroupHeartbeatResponseData response = bench.send(join("a", "t"));

      assertThat(assigned(response)).isEqualTo(bench.partitions("t", 0, 1, 2, 3));
      assertThat(response.memberEpoch()).isEqualTo(1);
      assertThat(response.heartbeatIntervalMs()).isEqualTo(5_000);
      assertThat(bench.group.state()).isEqualTo("Stable");
      assertThat(bench.timers)
          .containsEntry(new TimerKey("a", Kind.SESSION), (long) GroupBench.SESSION_MILLIS);
    }

    @Test
    void doesNotExistForAMemberThatSaysItIsIn() {
      assertThat(error(bench.send(beat("a", 3)))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
      assertThat(error(bench.send(beat("a", -1)))).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void letsAnybodyWithoutAnEpochCommit() {
      assertThat(mayCommit("", -1)).isEqualTo(Errors.NONE);
      assertThat(mayCommit("a", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void makesUpTheIdOfAMemberOfTheFirstVersion() {
      bench.version = 0;

      ConsumerGroupHeartbeatResponseData response = bench.send(join("", "t"));

      assertThat(response.memberId()).isEqualTo("fresh-1");
      assertThat(bench.group.memberCount()).isEqualTo(1);
    }

    @Test
    void letsAMemberInWhoseTopicIsNotThereYet() {
      ConsumerGroupHeartbeatResponseData response = bench.send(join("a", "later"));
      assertThat(assigned(response)).isEmpty();

      bench.topicsBecome(bench.topics.with("later", 2));

      assertThat(bench.group.state()).isEqualTo("Assigning");
      assertThat(assigned(bench.send(beat("a", 1)))).isEqualTo(bench.partitions("later", 0, 1));
    }
  }

  @Nested
  class WhenASecondMemberComes {
    private final SortedSet<Partition> kept;

    WhenASecondMemberComes() {
      bench.send(join("a", "t"));
      assertThat(assigned(bench.send(join("b", "t")))).isEmpty();
      kept = bench.partitions("t", 0, 1);
    }

    @Test
    void asksTheFirstToGiveUpHalfAndHoldsItBackUntilItHas() {
      ConsumerGroupHeartbeatResponseData asked = bench.send(beat("a", 1));
      assertThat(assigned(asked)).isEqualTo(kept);
      assertThat(asked.memberEpoch()).isEqualTo(1);
      assertThat(bench.timers)
          .containsEntry(new TimerKey("a", Kind.REBALANCE), (long) GroupBench.REBALANCE_MILLIS);

      assertThat(bench.send(beat("b", 2)).assignment()).isNull();
      assertThat(bench.group.state()).isEqualTo("Reconciling");

      ConsumerGroupHeartbeatResponseData revoked = bench.send(beat("a", 1, kept));
      assertThat(revoked.memberEpoch()).isEqualTo(2);
      assertThat(revoked.assignment()).isNull();
      assertThat(bench.timers).doesNotContainKey(new TimerKey("a", Kind.REBALANCE));

      assertThat(assigned(bench.send(beat("b", 2)))).isEqualTo(bench.partitions("t", 2, 3));
      assertThat(bench.group.state()).isEqualTo("Stable");
    }

    @Test
    void waitsWhileTheFirstReportsThatItStillOwnsAll() {
      bench.send(beat("a", 1));

      ConsumerGroupHeartbeatResponseData response =
          bench.send(beat("a", 1, bench.partitions("t", 0, 1, 2, 3)));

      assertThat(response.memberEpoch()).isEqualTo(1);
      assertThat(bench.send(beat("b", 2)).assignment()).isNull();
    }

    @Test
    void removesTheFirstIfItDoesNotGiveUpInTime() {
      bench.send(beat("a", 1));

      bench.fire("a", Kind.REBALANCE);

      assertThat(error(bench.send(beat("a", 1)))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
      assertThat(assigned(bench.send(beat("b", 2)))).isEqualTo(bench.partitions("t", 0, 1, 2, 3));
    }

    @Test
    void removesTheFirstIfItFallsSilent() {
      bench.fire("a", Kind.SESSION);

      assertThat(assigned(bench.send(beat("b", 2)))).isEqualTo(bench.partitions("t", 0, 1, 2, 3));
      assertThat(mayCommit("a", 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void givesAllToTheSecondOnceTheFirstLeaves() {
      ConsumerGroupHeartbeatResponseData left = bench.send(beat("a", -1));

      assertThat(left.memberEpoch()).isEqualTo(-1);
      assertThat(bench.timers).doesNotContainKey(new TimerKey("a", Kind.SESSION));
      assertThat(assigned(bench.send(beat("b", 2)))).isEqualTo(bench.partitions("t", 0, 1, 2, 3));
    }

    @Test
    void startsTheTimersOfAllAnewAfterARestart() {
      bench.send(beat("a", 1));
      bench.timers.clear();

      bench.group = bench.rebuilt();
      bench.take(bench.group.resumed(bench.situation()));

      assertThat(bench.timers.keySet())
          .isEqualTo(
              Set.of(
                  new TimerKey("a", Kind.SESSION),
                  new TimerKey("a", Kind.REBALANCE),
                  new TimerKey("b", Kind.SESSION),
                  TimerKey.ofGroup(Kind.REFRESH)));
    }
  }

  @Nested
  class WhenAMemberNamesItsEpoch {
    WhenAMemberNamesItsEpoch() {
      bench.send(join("a", "t"));
      bench.send(join("b", "u"));
      bench.send(beat("a", 1));
    }

    @Test
    void fencesOneThatIsAhead() {
      assertThat(error(bench.send(beat("a", 3)))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
    }

    @Test
    void letsTheEpochBeforeThroughWithNoMoreThanItHas() {
      ConsumerGroupHeartbeatResponseData response =
          bench.send(beat("a", 1, bench.partitions("t", 0, 1)));

      assertThat(error(response)).isEqualTo(Errors.NONE);
      assertThat(response.memberEpoch()).isEqualTo(2);
    }

    @Test
    void fencesTheEpochBeforeWithSomethingThatIsNotItsOwn() {
      bench.topics = bench.topics.with("u", 1);

      assertThat(error(bench.send(beat("a", 1, bench.partitions("u", 0)))))
          .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
      assertThat(error(bench.send(beat("a", 1)))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
    }

    @Test
    void fencesAJoinThatWouldForgetWhatTheMemberOwns() {
      assertThat(error(bench.send(join("a", "t")))).isEqualTo(Errors.FENCED_MEMBER_EPOCH);
    }

    @Test
    void letsALateCommitThroughOfWhatTheMemberHasHadSince() {
      assertThat(hasOwnedSince("a", 1, 0)).isTrue();
      assertThat(hasOwnedSince("a", 2, 0)).isTrue();
      assertThat(hasOwnedSince("a", 0, 0)).as("before it had it").isFalse();
      assertThat(hasOwnedSince("a", 3, 0)).as("ahead").isFalse();
      assertThat(hasOwnedSince("a", 1, 9)).as("what it has not").isFalse();
      assertThat(hasOwnedSince("b", 1, 0)).as("of another").isFalse();
      assertThat(hasOwnedSince("z", 1, 0)).as("by nobody").isFalse();
    }

    private boolean hasOwnedSince(String memberId, int epoch, int partition) {
      return bench.group.hasOwnedSince(
          new Committer(memberId, Optional.empty(), epoch),
          bench.topics.partition("t", 0).topicId(),
          partition);
    }

    @Test
    void letsCommitsAndFetchesOfThisEpochOnly() {
      assertThat(mayCommit("a", 2)).isEqualTo(Errors.NONE);
      assertThat(mayCommit("a", 1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
      assertThat(mayCommit("a", -1)).isEqualTo(Errors.STALE_MEMBER_EPOCH);
      assertThat(mayCommit("z", 2)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
      assertThat(bench.group.mayFetch(new Committer("", Optional.empty(), -1)))
          .isEqualTo(Errors.NONE);
      assertThat(bench.group.mayFetch(new Committer("a", Optional.empty(), 1)))
          .isEqualTo(Errors.STALE_MEMBER_EPOCH);
      assertThat(bench.group.mayFetch(new Committer("z", Optional.empty(), 1)))
          .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
    }

    @Test
    void tellsTheAssignmentAgainToWhoeverSendsEverything() {
      assertThat(bench.send(beat("a", 2)).assignment()).isNull();

      ConsumerGroupHeartbeatResponseData full =
          bench.send(
              join("a", "t").setMemberEpoch(2).setTopicPartitions(GroupBench.reported(Set.of())));

      assertThat(assigned(full)).isEqualTo(bench.partitions("t", 0, 1, 2, 3));
    }

    @Test
    void writesNothingForAHeartbeatThatChangesNothing() {
      int written = bench.log.size();

      bench.send(beat("a", 2));

      assertThat(bench.log).hasSize(written);
    }
  }

  @Nested
  class WhenTheLastMemberHasGone {
    WhenTheLastMemberHasGone() {
      bench.send(join("a", "t"));
      assertThat(bench.group.emptySinceMillis()).isEmpty();
      bench.send(beat("a", -1));
    }

    @Test
    void isEmptyAndKnowsSinceWhen() {
      assertThat(bench.group.state()).isEqualTo("Empty");
      assertThat(bench.group.emptySinceMillis()).hasValue(1_000_000);
      assertThat(bench.timers).isEmpty();
      assertThat(bench.group.isSubscribedTo("t")).isFalse();
    }

    @Test
    void leavesNothingInTheLogOnceItIsRemoved() {
      bench.log.addAll(bench.group.tombstones());
      bench.group = ConsumerGroup.empty("g");

      assertThat(bench.rebuilt().isGone()).isTrue();
    }
  }

  @Test
  void refusesMoreMembersThanItMayHave() {
    bench.membersMax = 1;
    bench.send(join("a", "t"));

    assertThat(error(bench.send(join("b", "t")))).isEqualTo(Errors.GROUP_MAX_SIZE_REACHED);
    assertThat(error(bench.send(join("a", "t")))).isEqualTo(Errors.NONE);
  }

  @Test
  void takesBackWhatAMemberDoesNotSubscribeToAnyMore() {
    bench.topics = bench.topics.with("u", 1);
    bench.send(join("a", "t", "u"));

    ConsumerGroupHeartbeatResponseData response =
        bench.send(beat("a", 1).setSubscribedTopicNames(List.of("u")));

    assertThat(assigned(response)).isEqualTo(bench.partitions("u", 0));
    assertThat(response.memberEpoch()).isEqualTo(1);
    assertThat(bench.group.isSubscribedTo("t")).isFalse();
    assertThat(bench.send(beat("a", 1, bench.partitions("u", 0))).memberEpoch()).isEqualTo(2);
  }

  @Test
  void givesNewPartitionsOfAGrownTopicAway() {
    bench.send(join("a", "t"));

    bench.topicsBecome(bench.topics.with("t", 5));

    assertThat(assigned(bench.send(beat("a", 1)))).isEqualTo(bench.partitions("t", 0, 1, 2, 3, 4));
  }

  @Test
  void staysWhereTopicsChangeThatNobodyReads() {
    bench.send(join("a", "t"));

    bench.topicsBecome(bench.topics.with("other", 5));

    assertThat(bench.group.state()).isEqualTo("Stable");
  }

  @Test
  void describesItself() {
    bench.send(join("a", "t"));

    var described = bench.group.described(bench.topics);

    assertThat(described.groupState()).isEqualTo("Stable");
    assertThat(described.assignorName()).isEqualTo("uniform");
    assertThat(described.members()).hasSize(1);
    assertThat(described.members().get(0).assignment().topicPartitions().get(0).topicName())
        .isEqualTo("t");
    assertThat(described.members().get(0).memberType()).isEqualTo((byte) 1);
  }

  @Test
  void needsNoTimerForACommit() {
    bench.send(join("a", "t"));

    assertThat(bench.group.committed(new Committer("a", Optional.empty(), 1), bench.situation()))
        .isEqualTo(java.util.List.<Effect>of());
  }
}
