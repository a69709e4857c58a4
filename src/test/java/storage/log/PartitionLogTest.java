package storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import storage.record.BatchBuilder;
import storage.record.Batches;
import storage.record.Codec;
import storage.record.RecordBatch;
import storage.record.TimestampType;

class PartitionLogTest {
  private final LogFixture fixture = new LogFixture(1, LogFixture.SMALL);

  private PartitionLog log() {
    return fixture.log;
  }

  private static FetchRegion region(ReadOutcome outcome) {
    assertThat(outcome).isInstanceOf(FetchRegion.class);
    return (FetchRegion) outcome;
  }

  @Nested
  class WhenALeaderAppends {
    @Test
    void givesEachBatchItsOffsetsInOneWrite() {
      AppendResult first = fixture.append(4, Batches.of(3, 10), Batches.of(2, 20));
      AppendResult second = fixture.append(4, Batches.of(1, 30));

      assertThat(List.of(first.firstOffset(0), first.firstOffset(1), second.firstOffset(0)))
          .containsExactly(0L, 3L, 5L);
      assertThat(second.range()).isEqualTo(new LogRange(5, 6));
      assertThat(fixture.readAll(6, 9_999))
          .allMatch(batch -> RecordBatch.leaderEpoch(batch, 0) == 4)
          .allMatch(batch -> RecordBatch.hasValidCrc(batch, 0));
    }

    @Test
    void refusesAnEpochThatWasNotAssigned() {
      log().assignEpoch(3);

      assertThatThrownBy(() -> log().append(List.of(Batches.of(1, 0)), 4, 0))
          .isInstanceOf(InvariantViolation.class);
      assertThatThrownBy(() -> log().assignEpoch(2)).isInstanceOf(InvariantViolation.class);
    }

    @Test
    void stampsItsOwnTimeWhereTheTopicWantsIt() {
      LogFixture stamping =
          new LogFixture(
              1, LogFixture.SMALL.toBuilder().timestampType(TimestampType.LOG_APPEND_TIME).build());

      AppendResult result = stamping.append(0, Batches.of(3, 10));

      ByteBuffer batch = stamping.readAll(3, 9_999).get(0);
      assertThat(result.logAppendMillis()).isEqualTo(stamping.nowMillis);
      assertThat(RecordBatch.maxTimestamp(batch, 0)).isEqualTo(stamping.nowMillis);
      assertThat(RecordBatch.timestampType(batch, 0)).isEqualTo(TimestampType.LOG_APPEND_TIME);
      assertThat(RecordBatch.hasValidCrc(batch, 0)).isTrue();
      assertThat(stamping.log.offsetForTimestamp(stamping.nowMillis))
          .contains(new TimestampOffset(stamping.nowMillis, 0, 0));
    }

    @Test
    void knowsItsProducersAfterACrash() {
      fixture.append(0, Batches.idempotent(9, 0, 0, 4), Batches.idempotent(9, 0, 4, 1));

      fixture.reopenAfterProcessCrash();

      assertThat(log().producers().check(9, (short) 0, 0, 4))
          .isEqualTo(new SequenceVerdict.Duplicate(0, 3, 1_000));
      assertThat(log().producers().check(9, (short) 0, 5, 4)).isEqualTo(SequenceVerdict.ACCEPT);
    }
  }

  @Nested
  class WhenTheDiskFails {
    @Test
    void cutsOffWhatWasWrittenInPart() {
      fixture.append(0, Batches.of(3, 10));
      fixture.disk.failWrites(1);

      assertThatThrownBy(() -> fixture.append(0, Batches.of(5, 10)))
          .isInstanceOf(StorageFailure.class);

      assertThat(log().hasFailed()).isFalse();
      assertThat(fixture.append(0, Batches.of(2, 10)).firstOffset(0)).isEqualTo(3);
      assertThat(fixture.readAll(5, 9_999)).hasSize(2);
    }

    @Test
    void recoversWhenSpaceReturns() {
      fixture.append(0, Batches.of(3, 10));
      fixture.disk.limitTo(0);
      assertThatThrownBy(() -> fixture.append(0, Batches.of(5, 10)))
          .isInstanceOf(StorageFailure.class);
      assertThat(fixture.readAll(3, 9_999)).hasSize(1);

      fixture.disk.limitTo(Long.MAX_VALUE);

      assertThat(fixture.append(0, Batches.of(2, 10)).firstOffset(0)).isEqualTo(3);
    }

    @Test
    void takesNoChangesAfterATruncationThatFailedHalfway() {
      fixture.append(0, Batches.of(3, 10));
      fixture.append(1, Batches.of(4, 10));
      fixture.append(2, Batches.of(5, 10));
      fixture.disk.limitTo(0);

      assertThatThrownBy(() -> log().truncateTo(9, 0)).isInstanceOf(StorageFailure.class);

      fixture.disk.limitTo(Long.MAX_VALUE);
      assertThat(log().logEndOffset()).isLessThanOrEqualTo(7);
      assertThat(log().hasFailed()).isTrue();
      assertThatThrownBy(() -> log().truncateTo(8, 0)).isInstanceOf(StorageFailure.class);
      fixture.reopenAfterCleanStop();
      assertThat(log().logEndOffset()).isEqualTo(7);
      assertThat(fixture.readAll(7, 9_999)).hasSize(2);
    }

    @Test
    void takesNoChangesAfterATruncationWhoseFsyncFailed() {
      fixture.append(0, Batches.of(3, 10));
      fixture.append(0, Batches.of(4, 10));
      fixture.disk.failSyncs(1);

      assertThatThrownBy(() -> log().truncateTo(5, 0)).isInstanceOf(StorageFailure.class);

      assertThat(log().hasFailed()).isTrue();
      assertThat(log().logEndOffset()).isLessThanOrEqualTo(5);
    }

    @Test
    void takesNoChangesAfterAFailedFsync() {
      fixture.append(0, Batches.of(3, 10));
      FlushTicket ticket = log().beginFlush();
      fixture.disk.failSyncs(1);
      assertThatThrownBy(ticket::force).isInstanceOf(StorageFailure.class);

      assertThat(log().recoveryPoint()).isZero();
      assertThatThrownBy(() -> fixture.append(0, Batches.of(1, 10)))
          .isInstanceOf(StorageFailure.class);
      assertThat(fixture.readAll(3, 9_999)).hasSize(1);
      fixture.reopenAfterCleanStop();
      assertThat(fixture.directory.previousStop()).isEqualTo(PreviousStop.MACHINE_CRASH);
    }
  }

  @Nested
  class WhenAFollowerAppends {
    private ByteBuffer stored(long offset, int epoch) {
      ByteBuffer batch = Batches.of(2, 10);
      RecordBatch.stampLeader(batch, 0, offset, epoch);
      return batch;
    }

    @Test
    void keepsOffsetsAndEpochs() {
      ByteBuffer frame = LogFixture.join(List.of(stored(0, 1), stored(2, 1), stored(4, 3)));

      assertThat(log().appendAsFollower(0, frame, 0)).isEqualTo(new FollowerAppend.Appended(6));

      assertThat(LogFixture.join(fixture.readAll(6, 9_999))).isEqualTo(frame);
      assertThat(log().epochs().entries())
          .containsExactly(new EpochHistory.Entry(1, 0), new EpochHistory.Entry(3, 4));
    }

    @Test
    void refusesWhatDoesNotBeginAtItsEnd() {
      log().appendAsFollower(0, stored(0, 1), 0);

      assertThat(log().appendAsFollower(0, stored(0, 1), 0))
          .isEqualTo(new FollowerAppend.NotNext(2, 0));
      assertThat(log().appendAsFollower(4, stored(4, 1), 0))
          .isEqualTo(new FollowerAppend.NotNext(2, 4));
    }

    @Test
    void refusesDamagedBatches() {
      ByteBuffer flipped = stored(0, 1);
      flipped.put(70, (byte) (flipped.get(70) ^ 4));
      ByteBuffer cut = stored(0, 1);
      cut.limit(cut.limit() - 1);
      ByteBuffer backwards = LogFixture.join(List.of(stored(2, 1), stored(0, 1)));
      ByteBuffer earlier = LogFixture.join(List.of(stored(0, 2), stored(2, 1)));

      for (ByteBuffer frame : List.of(flipped, cut, backwards, earlier)) {
        assertThat(log().appendAsFollower(0, frame, 0)).isInstanceOf(FollowerAppend.Damaged.class);
      }
      assertThat(log().logEndOffset()).isZero();
    }
  }

  @Nested
  class WhenReadersCome {
    @Test
    void costsTailReadersNoReadOfTheDisk() {
      LogFixture single =
          new LogFixture(1, LogFixture.SMALL.toBuilder().segmentBytesMax(1 << 20).build());
      for (int i = 0; i < 100; i++) {
        single.append(0, Batches.of(3, i));
      }
      single.disk.forgetBytesRead();

      for (long offset = 120; offset <= 300; offset++) {
        assertThat(region(single.log.read(offset, 1_000, 300, true)).isEmpty())
            .isEqualTo(offset == 300);
        assertThat(region(single.log.read(120, 9_999, offset, true)).isEmpty())
            .isEqualTo(offset < 123);
      }

      assertThat(single.disk.bytesRead()).isZero();
    }

    @Test
    void endsBeforeTheOffsetThatReadersMaySee() {
      fixture.append(0, Batches.of(3, 0), Batches.of(3, 0), Batches.of(3, 0));

      assertThat(LogFixture.split(region(log().read(1, 9_999, 6, true)).readFully())).hasSize(2);
      assertThat(LogFixture.split(region(log().read(1, 9_999, 8, true)).readFully())).hasSize(2);
      assertThat(region(log().read(6, 9_999, 6, true)).isEmpty()).isTrue();
      assertThat(region(log().read(8, 9_999, 6, true)).isEmpty()).isTrue();
    }

    @Test
    void givesALargeFirstBatchWholeOrNotAtAll() {
      fixture.append(0, Batches.of(30, 0));

      assertThat(LogFixture.split(region(log().read(0, 10, 30, true)).readFully())).hasSize(1);
      assertThat(region(log().read(0, 10, 30, false)).isEmpty()).isTrue();
    }

    @Test
    void tellsTheRangeToWhoIsOutOfIt() {
      fixture.append(0, Batches.of(30, 0));
      log().advanceLogStartOffset(10);

      assertThat(log().read(9, 10, 30, true)).isEqualTo(new OffsetOutOfRange(10, 30));
      assertThat(log().read(31, 10, 30, true)).isEqualTo(new OffsetOutOfRange(10, 30));
      assertThat(region(log().read(10, 10, 30, true)).firstOffset()).isZero();
    }

    @Test
    void neverServesAFlippedBit() {
      fixture.append(0, Batches.of(3, 0), Batches.of(3, 0));
      int size = (int) log().sizeBytes() / 2;
      log().roll(0);
      fixture.reopenAfterCleanStop();
      fixture.disk.flipBit(fixture.file(0, LogFiles.LOG), size + 80, 2);

      FetchRegion sound = region(log().read(0, 9_999, 6, true));
      ReadOutcome damaged = log().read(3, 9_999, 6, true);

      assertThat(sound.size()).isEqualTo(size);
      assertThat(damaged).isInstanceOf(Corruption.class);
      assertThat(((Corruption) damaged).position()).isEqualTo(size);
    }

    @Test
    void checksAgainWhatItDoesNotTrustAnyMore() {
      fixture.append(0, Batches.of(3, 0), Batches.of(3, 0));
      fixture.disk.flipBit(fixture.file(0, LogFiles.LOG), 100, 2);
      assertThat(region(log().read(0, 9_999, 6, true)).isEmpty()).isFalse();

      log().distrustAfterAWhile(fixture.nowMillis + Limits.TRUST_MILLIS - 1);
      assertThat(region(log().read(0, 9_999, 6, true)).isEmpty()).isFalse();
      log().distrustAfterAWhile(fixture.nowMillis + Limits.TRUST_MILLIS);

      assertThat(log().read(0, 9_999, 6, true)).isInstanceOf(Corruption.class);
    }

    @Test
    void scrubsWhatWasServedBefore() {
      fixture.append(0, Batches.of(3, 0), Batches.of(3, 0));
      FetchRegion region = region(log().read(0, 9_999, 6, true));
      assertThat(PartitionLog.verify(region)).isEmpty();
      assertThat(log().scrub(0, 1)).isEqualTo(new ScrubStep(3, java.util.Optional.empty()));

      fixture.disk.flipBit(fixture.file(0, LogFiles.LOG), 100, 2);

      assertThat(PartitionLog.verify(region)).isPresent();
      assertThat(log().scrub(0, 9_999).corruption()).isPresent();
    }
  }

  @Nested
  class WhenRecordsAreLookedUpByTime {
    @ParameterizedTest
    @EnumSource(Codec.class)
    void findsTheFirstAtOrAfter(Codec codec) {
      for (int i = 0; i < 100; i++) {
        fixture.append(i / 30, Batches.of(codec, 5, 1_000 + i * 10));
      }
      for (int round = 0; round < 2; round++) {
        assertThat(log().offsetForTimestamp(0)).contains(new TimestampOffset(1_000, 0, 0));
        assertThat(log().offsetForTimestamp(1_502)).contains(new TimestampOffset(1_502, 252, 1));
        assertThat(log().offsetForTimestamp(1_505)).contains(new TimestampOffset(1_510, 255, 1));
        assertThat(log().offsetForTimestamp(1_994)).contains(new TimestampOffset(1_994, 499, 3));
        assertThat(log().offsetForTimestamp(1_995)).isEmpty();
        assertThat(log().maxTimestamp()).contains(new TimestampOffset(1_994, 499, 3));
        fixture.reopenAfterCleanStop();
      }
    }

    @Test
    void findsItAmongTimesThatGoBack() {
      fixture.append(0, Batches.of(1, 500), Batches.of(1, 900), Batches.of(1, 100));
      log().roll(0);
      fixture.append(0, Batches.of(1, 600), Batches.of(1, 900));

      assertThat(log().offsetForTimestamp(501).orElseThrow().offset()).isEqualTo(1);
      assertThat(log().maxTimestamp().orElseThrow().offset()).isEqualTo(1);
      log().advanceLogStartOffset(2);
      assertThat(log().offsetForTimestamp(501).orElseThrow().offset()).isEqualTo(3);
    }

    @Test
    void findsNothingWhereNoRecordHasATime() {
      fixture.append(0, new BatchBuilder(Codec.NONE).add(-1, null, null).build());

      assertThat(log().maxTimestamp()).isEmpty();
    }
  }

  @Nested
  class WhenSegmentsFill {
    @Test
    void rollsBySizeAndKeepsRunsTogether() {
      List<ByteBuffer> batches = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        batches.add(Batches.of(5, i));
      }

      fixture.append(0, batches.toArray(ByteBuffer[]::new));

      assertThat(log().segments())
          .hasSizeGreaterThan(2)
          .allMatch(segment -> segment.sizeBytes() <= 4_000);
      assertThat(fixture.readAll(300, 9_999)).hasSize(60);
    }

    @Test
    void rollsByTheTimeOfTheFirstBatch() {
      LogFixture timed =
          new LogFixture(1, LogFixture.SMALL.toBuilder().segmentMillisMax(100).build());

      timed.append(0, Batches.of(1, 1_000), Batches.of(1, 1_100));
      assertThat(timed.log.segments()).hasSize(1);
      timed.append(0, Batches.of(1, 1_101));

      assertThat(timed.log.segments()).hasSize(2);
    }

    @Test
    void rollsWhenAnIndexIsFull() {
      LogFixture indexed =
          new LogFixture(
              1, LogFixture.SMALL.toBuilder().indexIntervalBytes(0).indexBytesMax(80).build());
      for (int i = 0; i < 20; i++) {
        indexed.append(0, Batches.of(1, i));
      }

      assertThat(indexed.log.segments()).hasSizeGreaterThan(2);
      assertThat(indexed.readAll(20, 9_999)).hasSize(20);
    }

    @Test
    void rollsWhenOffsetsLieTooFarApartForAnIndex() {
      ByteBuffer near = Batches.of(1, 10);
      ByteBuffer far = Batches.of(1, 10);
      RecordBatch.stampLeader(near, 0, 0, 0);
      RecordBatch.stampLeader(far, 0, 1L << 33, 0);

      log().appendAsFollower(0, LogFixture.join(List.of(near, far)), 0);

      assertThat(log().segments()).hasSize(2);
      assertThat(fixture.readAll(Long.MAX_VALUE, 9_999)).hasSize(2);
    }
  }

  @Nested
  class WhenRecordsAreDeleted {
    private void appendThreeOfTen() {
      fixture.append(0, Batches.of(10, 0), Batches.of(10, 0), Batches.of(10, 0));
    }

    @Test
    void staysSoThroughACrashOfTheProcessAndOfTheMachine() {
      appendThreeOfTen();
      log().advanceLogStartOffset(15);

      fixture.reopenAfterProcessCrash();
      assertThat(log().range()).isEqualTo(new LogRange(15, 30));

      log().advanceLogStartOffset(16);
      fixture.reopenAfterMachineCrash();
      assertThat(log().logStartOffset()).isEqualTo(16);
    }

    @Test
    void staysSoWhereNothingIsLeft() {
      appendThreeOfTen();
      log().advanceLogStartOffset(30);

      fixture.reopenAfterProcessCrash();
      fixture.reopenAfterCleanStop();
      fixture.reopenAfterProcessCrash();

      assertThat(log().range()).isEqualTo(new LogRange(30, 30));
    }

    @Test
    void givesOtherReplicasTheWholeOfTheBatchThatTheLogStartsIn() {
      appendThreeOfTen();
      log().advanceLogStartOffset(15);
      assertThat(log().replicatedRange()).isEqualTo(new LogRange(10, 30));

      log().advanceLogStartOffset(20);
      assertThat(log().replicatedRange()).isEqualTo(new LogRange(20, 30));
      log().advanceLogStartOffset(30);
      assertThat(log().replicatedRange()).isEqualTo(new LogRange(30, 30));
    }

    @Test
    void stillKnowsTheProducersOfWhatIsDeleted() {
      fixture.append(0, Batches.idempotent(7, 0, 0, 3));
      log().roll(0);
      fixture.append(0, Batches.idempotent(7, 0, 3, 3), Batches.idempotent(8, 0, 0, 3));
      log().advanceLogStartOffset(6);

      fixture.reopenAfterProcessCrash();

      assertThat(log().producers().check(7, (short) 0, 6, 1)).isEqualTo(SequenceVerdict.ACCEPT);
    }

    @Test
    void stillKnowsThemWhereAllTheRestIsCut() {
      fixture.append(0, Batches.idempotent(7, 0, 0, 3), Batches.idempotent(7, 0, 3, 3));
      log().advanceLogStartOffset(3);

      assertThat(log().truncateTo(3, fixture.nowMillis)).isEqualTo(3);

      assertThat(log().range()).isEqualTo(new LogRange(3, 3));
      assertThat(log().producers().check(7, (short) 0, 3, 1)).isEqualTo(SequenceVerdict.ACCEPT);
      assertThat(log().producers().check(7, (short) 0, 4, 1))
          .isEqualTo(new SequenceVerdict.OutOfOrderSequence(3, 4));
    }

    @Test
    void forgetsThatWhereTheLogBeginsAnewBeforeIt() {
      appendThreeOfTen();
      log().advanceLogStartOffset(25);
      log().truncateFullyAndStartAt(10, 0);
      fixture.append(1, Batches.of(10, 0));

      fixture.reopenAfterProcessCrash();

      assertThat(log().range()).isEqualTo(new LogRange(10, 20));
    }
  }

  @Nested
  class WhenSegmentsAreGivenUp {
    @Test
    void keepsTheFilesForReadersInFlight() {
      for (int i = 0; i < 200; i++) {
        fixture.append(0, Batches.of(3, i));
      }
      FetchRegion region = region(log().read(0, 500, 600, true));
      ByteBuffer before = region.readFully();
      log().advanceLogStartOffset(600);

      int segments = log().applyRetention(600, fixture.nowMillis);

      assertThat(segments).isGreaterThan(1);
      assertThat(region.readFully()).isEqualTo(before);
      assertThat(log().reap(fixture.nowMillis + 999)).isZero();
      assertThat(log().reap(fixture.nowMillis + 1_000)).isEqualTo(segments);
      assertThat(fixture.disk.list(LogFixture.DIRECTORY))
          .noneMatch(entry -> entry.name().endsWith(LogFiles.DELETED));
    }

    @Test
    void startsAnewAtAnyOffset() {
      fixture.append(2, Batches.of(3, 0));

      log().truncateFullyAndStartAt(500, fixture.nowMillis);

      assertThat(log().range()).isEqualTo(new LogRange(500, 500));
      assertThat(log().latestEpoch()).isEmpty();
      assertThat(fixture.append(3, Batches.of(1, 0)).firstOffset(0)).isEqualTo(500);
      fixture.reopenAfterCleanStop();
      assertThat(log().range()).isEqualTo(new LogRange(500, 501));
    }
  }

  @Nested
  class WhenItFlushes {
    @Test
    void appendsGoOnWhileAnotherThreadForces() throws InterruptedException {
      fixture.append(0, Batches.of(3, 0));
      FlushTicket ticket = log().beginFlush();
      fixture.append(0, Batches.of(3, 0));
      Thread disk = new Thread(ticket::force);
      disk.start();
      disk.join();

      log().completeFlush(ticket, fixture.nowMillis);

      assertThat(log().recoveryPoint()).isEqualTo(3);
      assertThat(log().unflushedRecords()).isEqualTo(3);
    }

    @Test
    void aTicketFromBeforeATruncationProvesNothing() {
      fixture.append(0, Batches.of(3, 0), Batches.of(3, 0));
      FlushTicket ticket = log().beginFlush();
      log().truncateTo(3, fixture.nowMillis);
      fixture.append(0, Batches.of(3, 0));
      ticket.force();

      log().completeFlush(ticket, fixture.nowMillis);

      assertThat(log().recoveryPoint()).isZero();
    }

    @Test
    void isDueByRecordsByTimeAndAfterARoll() {
      LogFixture due =
          new LogFixture(
              1, LogFixture.SMALL.toBuilder().flushMessages(5).flushMillis(1_000).build());
      due.append(0, Batches.of(4, 0));
      assertThat(due.log.isFlushDue(due.nowMillis)).isFalse();
      assertThat(due.log.isFlushDue(due.nowMillis + 1_000)).isTrue();
      due.append(0, Batches.of(1, 0));
      assertThat(due.log.isFlushDue(due.nowMillis)).isTrue();
      due.log.flush(due.nowMillis);
      due.append(0, Batches.of(1, 0));
      due.log.roll(due.nowMillis);
      assertThat(due.log.isFlushDue(due.nowMillis)).isTrue();
    }
  }

  @Nested
  class WhenALeaderDiverged {
    @Test
    void answersWhereAnEpochEnds() {
      fixture.append(1, Batches.of(3, 0));
      fixture.append(4, Batches.of(3, 0));

      assertThat(log().endOffsetForEpoch(1)).contains(new EpochHistory.EpochEnd(1, 3));
      assertThat(log().endOffsetForEpoch(2)).contains(new EpochHistory.EpochEnd(1, 3));
      assertThat(log().endOffsetForEpoch(4)).contains(new EpochHistory.EpochEnd(4, 6));
      assertThat(log().endOffsetForEpoch(5)).isEmpty();
    }

    @Test
    void truncatesAndTakesTheOthersRecords() {
      fixture.append(1, Batches.of(3, 0));
      fixture.append(2, Batches.idempotent(7, 0, 0, 2));

      assertThat(log().truncateTo(4, fixture.nowMillis)).isEqualTo(3);

      assertThat(log().latestEpoch()).hasValue(1);
      assertThat(log().producers().size()).isZero();
      assertThat(fixture.append(3, Batches.of(1, 0)).firstOffset(0)).isEqualTo(3);
    }
  }
}
