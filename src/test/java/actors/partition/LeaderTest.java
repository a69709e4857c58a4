package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.BrokerEpoch;
import actors.InvariantViolation;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LeaderTest {
  private static final LeaderEpoch EPOCH = new LeaderEpoch(3);
  private static final BrokerEpoch LIFE = new BrokerEpoch(7);
  private static final long LAG_MAX = 1_000;

  private static Terms.Rules rules(int minInSync, boolean commitsOnFlush) {
    return new Terms.Rules(minInSync, LAG_MAX, commitsOnFlush);
  }

  private static PartitionImage image(int partitionEpoch, List<Integer> isr) {
    return new PartitionImage(0, List.of(1, 2, 3), isr, List.of(), 1, EPOCH, partitionEpoch);
  }

  private static Leader alone(boolean onFlush, long end, long durable, long highWatermark) {
    PartitionImage image = new PartitionImage(0, List.of(1), List.of(1), List.of(), 1, EPOCH, 0);
    return Leader.elected(
        new Terms(1, LIFE, EPOCH, end, rules(1, onFlush)),
        image,
        new Leader.OwnLog(0, end, durable, highWatermark),
        0);
  }

  /** Of three replicas, with a log from 0 to 10 of which 4 are known to be committed. */
  private static Leader ofThree(int minInSync, List<Integer> isr) {
    return Leader.elected(
        new Terms(1, LIFE, EPOCH, 10, rules(minInSync, false)),
        image(5, isr),
        new Leader.OwnLog(0, 10, 10, 4),
        0);
  }

  private static Leader fetched(Leader leader, int follower, long end, long nowMillis) {
    return fetched(leader, follower, 0, end, nowMillis);
  }

  private static Leader fetched(Leader leader, int follower, long start, long end, long nowMillis) {
    return leader.fetched(follower, LIFE, new FollowerProgress.LogEnds(start, end, end), nowMillis);
  }

  @Nested
  class WhenAloneAndCommittingOnAppend {
    private final Leader leader = alone(false, 10, 0, 4);

    @Test
    void commitsWhatItsLogHeldWhenItWasElected() {
      assertThat(leader.highWatermark()).isEqualTo(10);
      assertThat(leader.terms().startOffset()).isEqualTo(10);
    }

    @Test
    void commitsAnAppendAtOnce() {
      assertThat(leader.appended(15, 0).highWatermark()).isEqualTo(15);
    }

    @Test
    void refusesToGoBack() {
      assertThatThrownBy(() -> leader.appended(9, 0)).isInstanceOf(InvariantViolation.class);
    }
  }

  @Nested
  class WhenCommittingOnFlush {
    private final Leader leader = alone(true, 10, 4, 4);

    @Test
    void commitsOnlyWhatIsForcedToDisk() {
      assertThat(leader.highWatermark()).isEqualTo(4);
      assertThat(leader.appended(20, 0).highWatermark()).isEqualTo(4);
      assertThat(leader.appended(20, 0).flushed(12).highWatermark()).isEqualTo(12);
    }

    @Test
    void commitsTheRestWhenTheSettingIsTakenBack() {
      assertThat(leader.withRules(rules(1, false)).highWatermark()).isEqualTo(10);
    }
  }

  @Nested
  class WithFollowers {
    private final Leader leader = ofThree(2, List.of(1, 2, 3));

    @Test
    void raisesTheHighWatermarkToTheSlowestInSyncReplica() {
      assertThat(leader.highWatermark()).isEqualTo(4);
      assertThat(fetched(leader, 2, 10, 1).highWatermark()).isEqualTo(4);
      assertThat(fetched(fetched(leader, 2, 10, 1), 3, 7, 1).highWatermark()).isEqualTo(7);
    }

    @Test
    void doesNotWaitForReplicasOutOfSync() {
      assertThat(fetched(ofThree(2, List.of(1, 2)), 2, 9, 1).highWatermark()).isEqualTo(9);
    }

    @Test
    void standsStillWhileTooFewAreInSync() {
      Leader few = ofThree(2, List.of(1));

      assertThat(few.hasEnoughInSync()).isFalse();
      assertThat(fetched(few.appended(20, 1), 2, 20, 1).highWatermark()).isEqualTo(4);
    }

    @Test
    void ignoresABrokerThatHoldsNoReplica() {
      assertThat(fetched(leader, 9, 3, 1)).isEqualTo(leader);
    }

    @Test
    void knowsNothingOfAFollowerWhoseReplicaIsGone() {
      Leader heard = fetched(fetched(leader, 2, 10, 1), 3, 10, 1);

      assertThat(heard.highWatermark()).isEqualTo(10);
      assertThat(heard.lost(3).appended(12, 1).highWatermark()).isEqualTo(10);
    }
  }

  @Nested
  class WhenSomebodyFallsBehind {
    private final Leader leader =
        fetched(fetched(ofThree(2, List.of(1, 2, 3)), 2, 10, 100), 3, 10, 100).appended(12, 100);

    @Test
    void leavesThemTimeToCatchUp() {
      assertThat(fetched(leader, 2, 12, 1_050).proposal(1_100)).isEmpty();
    }

    @Test
    void proposesAnIsrWithoutThem() {
      Leader slow = fetched(leader, 2, 12, 1_050);

      assertThat(slow.proposal(1_101).orElseThrow().isr()).containsOnlyKeys(1, 2);
    }

    @Test
    void waitsForThemUntilTheRemovalIsConfirmed() {
      Leader slow = fetched(leader, 2, 12, 1_050);
      Leader proposing = slow.proposing(slow.proposal(1_101).orElseThrow());

      assertThat(proposing.highWatermark()).isEqualTo(10);
      assertThat(proposing.decided(image(6, List.of(1, 2)), 1_200).highWatermark()).isEqualTo(12);
    }

    @Test
    void doesNotMindSilenceWhenThereIsNothingToSay() {
      Leader idle = fetched(fetched(ofThree(2, List.of(1, 2, 3)), 2, 10, 0), 3, 10, 0);

      assertThat(idle.proposal(1_000_000)).isEmpty();
      assertThat(idle.isUnsettled()).isFalse();
    }

    @Test
    void givesAllItsTimeToWhoeverHadEverythingWhenMoreIsWritten() {
      Leader idle = fetched(fetched(ofThree(2, List.of(1, 2, 3)), 2, 10, 0), 3, 10, 0);
      Leader written = idle.appended(12, 1_000_000);

      assertThat(written.proposal(1_000_000 + LAG_MAX)).isEmpty();
      assertThat(fetched(written, 2, 12, 1_000_001).proposal(1_000_001)).isEmpty();
      assertThat(
              fetched(written, 2, 12, 1_000_001)
                  .proposal(1_000_000 + LAG_MAX + 1)
                  .orElseThrow()
                  .isr())
          .containsOnlyKeys(1, 2);
    }

    @Test
    void givesNoMoreTimeToWhoeverWasBehindAlready() {
      Leader slow = fetched(leader, 2, 12, 1_050).appended(14, 1_090);

      assertThat(slow.proposal(1_101).orElseThrow().isr()).containsOnlyKeys(1, 2);
    }

    @Test
    void countsAsCaughtUpWhoReachesWhatWasThereAtTheFetchBefore() {
      Leader busy = fetched(leader.appended(20, 100), 2, 12, 500).appended(30, 600);
      busy = fetched(busy, 2, 20, 1_400).appended(40, 1_400);

      assertThat(busy.followers().get(2).caughtUpMillis()).isEqualTo(500);
    }
  }

  @Nested
  class WhenSomebodyCatchesUp {
    private final Leader leader = fetched(ofThree(1, List.of(1, 2)), 2, 10, 100);

    @Test
    void doesNotProposeWhoHasNotFetchedInThisEpoch() {
      assertThat(leader.proposal(200)).isEmpty();
    }

    @Test
    void doesNotProposeWhoIsBeforeTheEpochsStart() {
      assertThat(fetched(leader, 3, 9, 150).proposal(200)).isEmpty();
    }

    @Test
    void proposesWhoHasPassedTheEpochsStartAndTheHighWatermark() {
      IsrProposal proposal = fetched(leader, 3, 10, 150).proposal(200).orElseThrow();

      assertThat(proposal.isr())
          .containsExactlyInAnyOrderEntriesOf(Map.of(1, LIFE, 2, LIFE, 3, LIFE));
      assertThat(proposal.partitionEpoch()).isEqualTo(5);
    }

    @Test
    void waitsForThemFromTheProposalOn() {
      Leader joining = fetched(leader, 3, 10, 150);
      joining = joining.proposing(joining.proposal(200).orElseThrow());
      Leader ahead = fetched(joining.appended(15, 250), 2, 15, 250);

      assertThat(ahead.highWatermark()).isEqualTo(10);
      assertThat(fetched(ahead, 3, 14, 260).highWatermark()).isEqualTo(14);
    }

    @Test
    void saysAProposalAgainThatWasNotAnswered() {
      Leader joining = fetched(leader, 3, 10, 150);
      joining = joining.proposing(joining.proposal(200).orElseThrow());

      assertThat(joining.proposal(200 + Leader.REPEAT_MILLIS - 1)).isEmpty();
      assertThat(joining.proposal(200 + Leader.REPEAT_MILLIS)).isPresent();
    }

    @Test
    void stillWaitsForThemAfterARefusalUntilThePartitionEpochMoves() {
      Leader joining = fetched(leader, 3, 10, 150);
      joining = joining.proposing(joining.proposal(200).orElseThrow());
      Leader refused = joining.refusedAsIneligible(5, 300);

      assertThat(refused.inSync().outstanding().orElseThrow().isr()).containsOnlyKeys(1, 2);
      assertThat(fetched(refused.appended(15, 350), 2, 15, 350).highWatermark()).isEqualTo(10);
      assertThat(
              fetched(refused.appended(15, 350), 2, 15, 350)
                  .decided(image(6, List.of(1, 2)), 400)
                  .highWatermark())
          .isEqualTo(15);
    }

    @Test
    void doesNotListenToOlderDecisions() {
      assertThat(leader.decided(image(5, List.of(1)), 300)).isEqualTo(leader);
      assertThat(leader.decided(image(4, List.of(1, 2, 3)), 300)).isEqualTo(leader);
    }
  }

  @Nested
  class WhenRecordsAreDeleted {
    private final Leader leader = fetched(ofThree(1, List.of(1, 2)), 2, 8, 100);

    private static Errors refusal(Outcome<Long> decision) {
      return decision.fold(start -> Errors.NONE, Outcome.Refused::error);
    }

    @Test
    void deletesUpToTheHighWatermark() {
      assertThat(leader.highWatermark()).isEqualTo(8);
      assertThat(leader.startOnceDeletedBefore(0)).isEqualTo(Outcome.accepted(0L));
      assertThat(leader.startOnceDeletedBefore(8)).isEqualTo(Outcome.accepted(8L));
      assertThat(leader.startOnceDeletedBefore(-1)).isEqualTo(Outcome.accepted(8L));
    }

    @Test
    void deletesNothingThatIsNotCommitted() {
      assertThat(refusal(leader.startOnceDeletedBefore(9))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
      assertThat(refusal(leader.startOnceDeletedBefore(-2))).isEqualTo(Errors.OFFSET_OUT_OF_RANGE);
      assertThatThrownBy(() -> leader.startingAt(9)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void neverBringsBackWhatIsDeleted() {
      assertThat(leader.startingAt(6).startingAt(5).logStartOffset()).isEqualTo(6);
    }

    @Test
    void waitsForEveryReplicaThatIsInSync() {
      Leader deleted = leader.startingAt(6);

      assertThat(deleted.lowWatermark()).isZero();
      assertThat(fetched(deleted, 2, 4, 8, 200).lowWatermark()).isEqualTo(4);
      assertThat(fetched(deleted, 2, 7, 8, 200).lowWatermark()).isEqualTo(6);
    }

    @Test
    void waitsForWhoIsGoneAsLongAsItMayLead() {
      Leader deleted = fetched(leader.startingAt(6), 2, 6, 8, 200);
      PartitionImage eligible =
          new PartitionImage(0, List.of(1, 2, 3), List.of(1), List.of(2), 1, EPOCH, 6);

      assertThat(deleted.lost(2).lowWatermark()).isEqualTo(FollowerProgress.UNKNOWN);
      assertThat(deleted.lost(2).decided(eligible, 300).lowWatermark())
          .isEqualTo(FollowerProgress.UNKNOWN);
      assertThat(deleted.lost(2).decided(image(6, List.of(1)), 300).lowWatermark()).isEqualTo(6);
    }

    @Test
    void waitsForWhoIsThereThoughItIsOutOfSync() {
      Leader deleted = fetched(leader.startingAt(6), 2, 6, 8, 200);

      assertThat(deleted.lowWatermark()).isEqualTo(6);
      assertThat(fetched(deleted, 3, 2, 5, 300).lowWatermark()).isEqualTo(2);
      assertThat(fetched(deleted, 3, 2, 5, 300).lost(3).lowWatermark()).isEqualTo(6);
    }

    @Test
    void proposesNobodyWhoHasDeletedLess() {
      Leader deleted = fetched(leader.startingAt(6), 2, 6, 10, 200);

      assertThat(fetched(deleted, 3, 5, 10, 300).proposal(310)).isEmpty();
      assertThat(fetched(deleted, 3, 6, 10, 300).proposal(310)).isPresent();
    }

    @Test
    void takesForCommittedWhatWasDeletedBeforeItWasElected() {
      Leader elected =
          Leader.elected(
              new Terms(1, LIFE, EPOCH, 10, rules(2, false)),
              image(5, List.of(1, 2, 3)),
              new Leader.OwnLog(6, 10, 10, 4),
              0);

      assertThat(elected.highWatermark()).isEqualTo(6);
    }
  }

  @Property
  void highWatermarkNeverMovesBackAndNeverPassesTheLogEnd(
      @ForAll boolean onFlush,
      @ForAll @Size(max = 30) List<@IntRange(min = 0, max = 9) Integer> steps) {
    Leader leader = alone(onFlush, 0, 0, 0);
    for (int step : steps) {
      Leader next =
          step < 5
              ? leader.appended(leader.logEndOffset() + step, 0)
              : leader.flushed(
                  Math.min(leader.logEndOffset(), leader.durableEndOffset() + step - 5));
      assertThat(next.highWatermark()).isBetween(leader.highWatermark(), next.logEndOffset());
      leader = next;
    }
  }

  @Property
  void highWatermarkIsTheSlowestUnlessThatWouldTakeItBack(
      @ForAll @LongRange(min = 0, max = 100) long before,
      @ForAll @LongRange(min = 0, max = 100) long slow,
      @ForAll @LongRange(min = 0, max = 100) long fast) {
    long end = Math.max(before, Math.max(slow, fast));

    long advanced = HighWatermark.advance(before, end, new long[] {slow, fast});
    long otherOrder = HighWatermark.advance(before, end, new long[] {fast, slow});

    assertThat(advanced).isEqualTo(Math.max(before, Math.min(slow, fast)));
    assertThat(otherOrder).isEqualTo(advanced);
  }
}
