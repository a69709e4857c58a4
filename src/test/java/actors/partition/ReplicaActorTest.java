package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import actors.LeaderEpoch;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import storage.log.FetchRegion;
import storage.record.Batches;

class ReplicaActorTest extends ReplicaFixture {
  private static final long DO_NOT_WAIT = Replica.Read.DO_NOT_WAIT;

  @Nested
  class BeforeItIsToldToLead {
    @Test
    void refusesEverybody() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      read(0, DO_NOT_WAIT);

      assertThat(appended().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assertThat(data().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assertThat(find(new OffsetQuery.Earliest()).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void opensItsLogAsAFollowerAndIsOnlyToBeRead() {
      assume(2, 1, NO_FLUSH);

      read(0, DO_NOT_WAIT);
      assertThat(data().error()).isEqualTo(Errors.NONE);
      append(Batches.of(1, 1_000), ACKS_ALL);
      assertThat(appended().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assertThat(find(new OffsetQuery.Latest(false)).error())
          .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assertThat(root.resolve("orders-3")).isDirectory();
    }

    @Test
    void closesWithoutALog() {
      stop();

      assertThat(root.resolve("orders-3")).doesNotExist();
    }
  }

  @Nested
  class WhenCommittingOnAppend {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(1, NO_FLUSH);
    }

    @Test
    void answersEachAcksWithoutAFlush() {
      disk.forces().hold();

      for (short acks : List.of(ACKS_NONE, ACKS_LEADER, ACKS_ALL)) {
        long correlation = append(Batches.of(2, 1_000), acks);
        ReplicaReply.Appended appended = appended();
        assertThat(appended.correlation()).isEqualTo(correlation);
        assertThat(appended.error()).isEqualTo(Errors.NONE);
      }

      assertThat(disk.forces().count()).isZero();
      assertThat(find(new OffsetQuery.Latest(false)).offset()).isEqualTo(6);
    }

    @Test
    void writesWhatWaitsInTheMailboxAtOnce() {
      disk.writes().hold();
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.writes().awaitOne();

      for (int i = 0; i < 5; i++) {
        append(Batches.of(2, 1_000), ACKS_ALL);
      }
      disk.writes().letGo();

      assertThat(List.of(appended(), appended(), appended(), appended(), appended(), appended()))
          .extracting(ReplicaReply.Appended::baseOffset)
          .containsExactly(0L, 1L, 3L, 5L, 7L, 9L);
      assertThat(logWrites()).isEqualTo(2);
    }

    @Test
    void writesAtOnceWhenEnoughIsGathered() {
      disk.writes().hold();
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.writes().awaitOne();

      for (int i = 0; i < Limits.GATHERED_BATCHES_MAX + 1; i++) {
        append(Batches.of(1, 1_000), ACKS_ALL);
      }
      disk.writes().letGo();

      for (int i = 0; i < Limits.GATHERED_BATCHES_MAX + 2; i++) {
        assertThat(appended().baseOffset()).isEqualTo(i);
      }
      assertThat(logWrites()).isEqualTo(3);
    }

    @Test
    void givesReadersWhatWasAppended() {
      appendCommitted(Batches.of(3, 1_000));
      appendCommitted(Batches.of(2, 1_000));

      read(4, DO_NOT_WAIT);

      ReplicaReply.Data data = data();
      assertThat(data.highWatermark()).isEqualTo(5);
      assertThat(data.waiting()).isFalse();
      assertThat(data.region().map(FetchRegion::firstOffset)).contains(3L);
    }

    @Test
    void refusesOffsetsOutsideTheLogAndSaysWhereItIs() {
      appendCommitted(Batches.of(3, 1_000));

      read(4, 4);
      ReplicaReply.Data past = data();
      read(-1, DO_NOT_WAIT);
      ReplicaReply.Data before = data();

      assertThat(List.of(past, before))
          .extracting(ReplicaReply.Data::error)
          .containsOnly(Errors.OFFSET_OUT_OF_RANGE);
      assertThat(past.highWatermark()).isEqualTo(3);
      assertThat(past.waiting()).isFalse();
    }

    @Test
    void findsOffsets() {
      appendCommitted(Batches.of(3, 1_000));
      appendCommitted(Batches.of(3, 5_000));
      appendCommitted(Batches.of(3, 2_000));

      assertThat(find(new OffsetQuery.Earliest()).offset()).isZero();
      assertThat(find(new OffsetQuery.Latest(true)).offset()).isEqualTo(9);
      assertThat(find(new OffsetQuery.ByTimestamp(1_002)))
          .extracting(
              ReplicaReply.OffsetFound::offset,
              ReplicaReply.OffsetFound::timestampMillis,
              ReplicaReply.OffsetFound::leaderEpoch)
          .containsExactly(2L, 1_002L, 1);
      assertThat(find(new OffsetQuery.MaxTimestamp()).offset()).isEqualTo(5);
      assertThat(find(new OffsetQuery.ByTimestamp(6_000)).offset()).isEqualTo(-1);
    }

    @Test
    void findsTheEndsOfEpochs() {
      appendCommitted(Batches.of(3, 1_000));
      ReplicaActorTest.this.lead(4, NO_FLUSH);
      appendCommitted(Batches.of(2, 1_000));

      assertThat(find(new OffsetQuery.EndOfEpoch(1)))
          .extracting(ReplicaReply.OffsetFound::offset, ReplicaReply.OffsetFound::leaderEpoch)
          .containsExactly(3L, 1);
      assertThat(find(new OffsetQuery.EndOfEpoch(4)).offset()).isEqualTo(5);
      assertThat(find(new OffsetQuery.EndOfEpoch(9)).offset()).isEqualTo(-1);
    }

    @Test
    void comparesTheEpochThatAClientBelievesIn() {
      ReplicaActorTest.this.lead(5, NO_FLUSH);

      read(0, OptionalInt.of(4), 0);
      assertThat(data().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      read(0, OptionalInt.of(6), 0);
      assertThat(data().error()).isEqualTo(Errors.UNKNOWN_LEADER_EPOCH);
      assertThat(find(new OffsetQuery.Earliest(), OptionalInt.of(4)).error())
          .isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(find(new OffsetQuery.Earliest(), OptionalInt.of(5)).error())
          .isEqualTo(Errors.NONE);
    }

    @Test
    void appendsForAReignOnlyWhileItLasts() {
      ReplicaActorTest.this.lead(5, NO_FLUSH);

      appendInReign(4);
      assertThat(appended().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      appendInReign(6);
      assertThat(appended().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      appendInReign(5);
      ReplicaReply.Appended appended = appended();

      assertThat(appended.error()).isEqualTo(Errors.NONE);
      assertThat(appended.baseOffset()).isZero();
    }

    @Test
    void ignoresADecisionOlderThanTheOneCarriedOut() {
      ReplicaActorTest.this.lead(5, NO_FLUSH);

      Replica.Assumed assumed = tellAssume(2, 3, 1, NO_FLUSH).receiveMessage();

      assertThat(assumed.epoch().value()).isEqualTo(5);
      appendCommitted(Batches.of(1, 1_000));
    }

    @Test
    void flushesWhatItHasNotWhenItIsToCommitOnFlush() {
      appendCommitted(Batches.of(1, 1_000));
      disk.forces().hold();

      reconfigure(1, FLUSH);
      disk.forces().awaitOne();
      append(Batches.of(1, 1_000), ACKS_ALL);
      expectNothing();
      disk.forces().letGo();

      assertThat(appended().baseOffset()).isEqualTo(1);
    }

    @Test
    void givesUpWhatRetentionNoLongerKeeps() {
      reconfigure(1, Map.of("segment.bytes", "1048576"));
      appendCommitted(Batches.of(1, 1_000));

      reconfigure(1, Map.of("segment.bytes", "1048576", "retention.ms", "60000"));
      pass(Duration.ofMinutes(6));

      assertThat(find(new OffsetQuery.Earliest()).offset()).isEqualTo(1);
    }

    @Test
    void looksAsOftenAsANewFlushIntervalDemands() {
      appendCommitted(Batches.of(1, 1_000));

      reconfigure(1, Map.of("flush.ms", "1000"));
      disk.forces().hold();
      pass(Duration.ofSeconds(2));

      disk.forces().awaitOne();
    }

    @Test
    void removesItsDirectoryWhenTheTopicIsDeleted() throws Exception {
      appendCommitted(Batches.of(1, 1_000));
      read(1, 1);
      data();
      TestProbe<Done> deleted = probe(Done.class);

      replica.tell(new Replica.Delete(deleted.ref()));

      deleted.receiveMessage();
      assertThat(data().error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(root.resolve("orders-3")).doesNotExist();
      directory.deleteMarked();
      try (var left = Files.list(root)) {
        assertThat(left.filter(Files::isDirectory)).isEmpty();
      }
    }

    @Test
    void remembersItsRecordsAfterACleanStop() {
      appendCommitted(Batches.of(3, 1_000));

      reopen();
      ReplicaActorTest.this.lead(2, NO_FLUSH);

      assertThat(find(new OffsetQuery.Latest(true)).offset()).isEqualTo(3);
      assertThat(appendCommitted(Batches.of(1, 1_000)).baseOffset()).isEqualTo(3);
    }
  }

  @Nested
  class WhenCommittingOnFlush {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(1, FLUSH);
      disk.forces().hold();
    }

    @Test
    void answersOnlyWhatIsForcedToDisk() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      append(Batches.of(1, 1_000), ACKS_LEADER);
      disk.forces().awaitOne();
      expectNothing();

      disk.forces().letGo();

      assertThat(List.of(appended(), appended()))
          .extracting(ReplicaReply.Appended::baseOffset)
          .containsExactlyInAnyOrder(0L, 1L);
    }

    @Test
    void answersAcksNoneAtOnce() {
      append(Batches.of(1, 1_000), ACKS_NONE);

      assertThat(appended().baseOffset()).isZero();
    }

    @Test
    void showsReadersNothingThatIsNotForced() {
      append(Batches.of(2, 1_000), ACKS_ALL);
      disk.forces().awaitOne();

      read(0, DO_NOT_WAIT);

      ReplicaReply.Data data = data();
      assertThat(data.region()).isEmpty();
      assertThat(data.highWatermark()).isZero();
      assertThat(find(new OffsetQuery.Latest(false)).offset()).isZero();
      assertThat(find(new OffsetQuery.ByTimestamp(0)).offset()).isEqualTo(-1);
      assertThat(find(new OffsetQuery.MaxTimestamp()).offset()).isEqualTo(-1);
    }

    @Test
    void sharesTheNextFlushAmongAppendsThatComeDuringOne() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();
      for (int i = 0; i < 10; i++) {
        append(Batches.of(1, 1_000), ACKS_ALL);
        settle();
      }

      disk.forces().letGo();

      for (int i = 0; i < 11; i++) {
        assertThat(appended().baseOffset()).isEqualTo(i);
      }
      assertThat(disk.forces().count()).isEqualTo(2);
    }

    @Test
    void answersAtOnceWhenTheSettingIsTakenBack() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();

      reconfigure(1, NO_FLUSH);

      assertThat(appended().baseOffset()).isZero();
    }

    @Test
    void closesOnlyAfterTheFlushThatIsUnderWay() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();
      TestProbe<Done> closed = probe(Done.class);

      replica.tell(new Replica.Close(closed.ref()));
      assertThat(appended().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      closed.expectNoMessage(NOT_AT_ALL);
      disk.forces().letGo();

      closed.receiveMessage();
      closed.expectTerminated(replica);
    }

    @Test
    void deletesOnlyAfterTheFlushThatIsUnderWay() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();
      TestProbe<Done> deleted = probe(Done.class);

      replica.tell(new Replica.Delete(deleted.ref()));
      assertThat(appended().error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
      assertThat(root.resolve("orders-3")).isDirectory();
      disk.forces().letGo();

      deleted.receiveMessage();
      assertThat(root.resolve("orders-3")).doesNotExist();
    }

    @Test
    void acknowledgesNothingWhenTheFlushFails() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      append(Batches.of(1, 1_000), ACKS_LEADER);
      disk.forces().awaitOne();

      disk.forces().fail("Input/output error");
      disk.forces().letGo();

      assertThat(List.of(appended(), appended()))
          .extracting(ReplicaReply.Appended::error)
          .containsOnly(Errors.KAFKA_STORAGE_ERROR);
      append(Batches.of(1, 1_000), ACKS_ALL);
      assertThat(appended().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void doesNotTrustALaterFlushAfterOneThatFailed() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();
      disk.forces().fail("Input/output error");
      disk.forces().letGo();
      appended();

      disk.forces().recover();
      ReplicaActorTest.this.lead(2, FLUSH);

      append(Batches.of(1, 1_000), ACKS_ALL);
      assertThat(appended().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void keepsAFlushOfAnEarlierReign() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();

      ReplicaActorTest.this.lead(2, FLUSH);
      assertThat(appended().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      disk.forces().letGo();
      append(Batches.of(1, 1_000), ACKS_ALL);

      assertThat(appended().baseOffset()).isEqualTo(1);
    }
  }

  @Nested
  class WhenReadersWait {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(1, FLUSH);
    }

    @Test
    void tellsThemOnceWhenThereIsSomething() {
      long correlation = read(0, 0);
      assertThat(data().waiting()).isTrue();

      append(Batches.of(2, 1_000), ACKS_NONE);
      appended();
      ReplicaReply.Data news = data();
      appendCommitted(Batches.of(2, 1_000));

      assertThat(news.correlation()).isEqualTo(correlation);
      assertThat(news.waiting()).isFalse();
      assertThat(news.region().orElseThrow().firstOffset()).isZero();
      expectNothing();
    }

    @Test
    void tellsThemOnlyOfWhatIsCommitted() {
      disk.forces().hold();
      read(0, 0);
      data();

      append(Batches.of(2, 1_000), ACKS_NONE);
      appended();
      disk.forces().awaitOne();
      expectNothing();
      disk.forces().letGo();

      assertThat(data().highWatermark()).isEqualTo(2);
    }

    @Test
    void tellsAReaderThatHasSomethingOnlyOfMore() {
      appendCommitted(Batches.of(2, 1_000));

      read(0, 2);
      ReplicaReply.Data first = data();
      appendCommittedUnheard(Batches.of(1, 1_000));
      ReplicaReply.Data second = data();

      assertThat(first.waiting()).isTrue();
      assertThat(first.region()).isPresent();
      assertThat(second.waiting()).isFalse();
      assertThat(second.region().orElseThrow().size())
          .isGreaterThan(first.region().orElseThrow().size());
    }

    @Test
    void forgetsOneWhoCalledItOff() {
      long correlation = read(0, 0);
      data();

      replica.tell(new Replica.CancelRead(correlation, client.ref()));
      appendCommitted(Batches.of(2, 1_000));

      expectNothing();
    }

    @Test
    void tellsThemAndProducersThatTheReignIsOver() {
      disk.forces().hold();
      long reader = read(0, 0);
      data();
      long producer = append(Batches.of(2, 1_000), ACKS_ALL);
      disk.forces().awaitOne();

      assume(2, 2, FLUSH);

      ReplicaReply.Appended appended = appended();
      ReplicaReply.Data data = data();
      assertThat(appended.correlation()).isEqualTo(producer);
      assertThat(appended.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assertThat(data.correlation()).isEqualTo(reader);
      assertThat(data.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    private void appendCommittedUnheard(ByteBuffer batch) {
      TestProbe<ReplicaReply> producer = probe(ReplicaReply.class);
      replica.tell(new Replica.Append(-1, batch, ACKS_ALL, producer.ref()));
      producer.receiveMessage();
    }
  }

  @Nested
  class WhenAProducerIsIdempotent {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(1, FLUSH);
    }

    @Test
    void answersARepeatedBatchWithItsFirstOffset() {
      appendCommitted(Batches.idempotent(9, 0, 0, 2));
      appendCommitted(Batches.idempotent(9, 0, 2, 2));

      ReplicaReply.Appended again = appendCommitted(Batches.idempotent(9, 0, 0, 2));

      assertThat(again.baseOffset()).isZero();
      assertThat(find(new OffsetQuery.Latest(true)).offset()).isEqualTo(4);
    }

    @Test
    void answersARepeatedBatchOnlyOnceTheFirstIsCommitted() {
      disk.forces().hold();
      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      disk.forces().awaitOne();

      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      expectNothing();
      disk.forces().letGo();

      assertThat(List.of(appended(), appended()))
          .extracting(ReplicaReply.Appended::baseOffset)
          .containsExactly(0L, 0L);
    }

    @Test
    void makesOneCopyOfTwoThatComeTogether() {
      disk.writes().hold();
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.writes().awaitOne();

      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      disk.writes().letGo();

      assertThat(List.of(appended(), appended(), appended()))
          .extracting(ReplicaReply.Appended::baseOffset)
          .containsExactlyInAnyOrder(0L, 1L, 1L);
      assertThat(find(new OffsetQuery.Latest(true)).offset()).isEqualTo(3);
    }

    @Test
    void refusesAGap() {
      appendCommitted(Batches.idempotent(9, 0, 0, 2));

      append(Batches.idempotent(9, 0, 5, 2), ACKS_ALL);

      ReplicaReply.Appended refused = appended();
      assertThat(refused.error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
      assertThat(refused.message().orElseThrow()).contains("expected sequence 2, got 5");
    }

    @Test
    void fencesAnEarlierInstance() {
      appendCommitted(Batches.idempotent(9, 3, 0, 2));

      append(Batches.idempotent(9, 2, 0, 2), ACKS_ALL);

      assertThat(appended().error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void remembersProducersOverACleanStop() {
      appendCommitted(Batches.idempotent(9, 0, 0, 2));
      appendCommitted(Batches.idempotent(9, 0, 2, 2));

      reopen();
      ReplicaActorTest.this.lead(2, FLUSH);

      assertThat(appendCommitted(Batches.idempotent(9, 0, 2, 2)).baseOffset()).isEqualTo(2);
      assertThat(appendCommitted(Batches.idempotent(9, 0, 4, 1)).baseOffset()).isEqualTo(4);
    }
  }

  @Nested
  class WhenTheDiskFails {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(1, NO_FLUSH);
      appendCommitted(Batches.of(2, 1_000));
    }

    @Test
    void goesOfflineOnAFailedWrite() {
      read(2, 2);
      data();

      disk.writes().fail("Input/output error");
      append(Batches.of(1, 1_000), ACKS_ALL);

      ReplicaReply.Appended refused = appended();
      assertThat(refused.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
      assertThat(refused.message().orElseThrow()).contains("Input/output error");
      assertThat(data().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
      read(0, DO_NOT_WAIT);
      assertThat(data().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void saysThatItsDiskHasFailed() {
      assertThat(describe().error()).isEqualTo(Errors.NONE);

      disk.writes().fail("Input/output error");
      append(Batches.of(1, 1_000), ACKS_ALL);
      appended();

      assertThat(describe().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
      assertThat(describe().leading()).isEmpty();
    }

    private ReplicaReply.Described describe() {
      TestProbe<ReplicaReply> asker = probe(ReplicaReply.class);
      replica.tell(new Replica.Describe(1, asker.ref()));
      return asker.expectMessageClass(ReplicaReply.Described.class);
    }

    @Test
    void leavesTheOtherReplicasAlone() {
      TestProbe<Replica.Assumed> assumed = probe(Replica.Assumed.class);
      disk.writes().fail("Input/output error");
      append(Batches.of(1, 1_000), ACKS_ALL);
      appended();
      disk.writes().recover();

      var other = spawn();
      other.tell(
          new Replica.Assume(
              new PartitionId(ID.topicId(), "orders", 4),
              new actors.controller.PartitionImage(
                  4, List.of(1), List.of(1), List.of(), 1, new LeaderEpoch(1), 1),
              NO_FLUSH,
              new actors.BrokerEpoch(1),
              assumed.ref()));
      assumed.receiveMessage();
      other.tell(new Replica.Append(99, Batches.of(1, 1_000), ACKS_ALL, client.ref()));

      assertThat(appended().error()).isEqualTo(Errors.NONE);
      TestProbe<Done> closed = probe(Done.class);
      other.tell(new Replica.Close(closed.ref()));
      closed.receiveMessage();
    }

    @Test
    void closesAllTheSame() {
      disk.writes().fail("Input/output error");
      append(Batches.of(1, 1_000), ACKS_ALL);
      appended();

      stop();
    }

    @Test
    void servesReadersWhileTheDiskIsFull() {
      disk.writes().fail("No space left on device");
      append(Batches.of(1, 1_000), ACKS_ALL);
      assertThat(appended().error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);

      read(0, DO_NOT_WAIT);

      assertThat(data().region().map(FetchRegion::firstOffset)).isEqualTo(Optional.of(0L));
    }

    @Test
    void writesAgainWhenThereIsSpaceAgain() {
      disk.writes().fail("No space left on device");
      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      appended();

      disk.writes().recover();

      assertThat(appendCommitted(Batches.idempotent(9, 0, 0, 2)).baseOffset()).isEqualTo(2);
    }

    @Test
    void doesNotAnswerForACopyOfWhatFoundNoSpace() {
      disk.writes().hold();
      append(Batches.of(1, 1_000), ACKS_NONE);
      disk.writes().awaitOne();
      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);
      append(Batches.idempotent(9, 0, 0, 2), ACKS_ALL);

      disk.writes().letOneGo();
      appended();
      disk.writes().awaitOne();
      disk.writes().fail("No space left on device");
      disk.writes().letGo();

      assertThat(List.of(appended(), appended()))
          .extracting(ReplicaReply.Appended::error)
          .containsOnly(Errors.KAFKA_STORAGE_ERROR);
    }
  }

  @Nested
  class WhenItIsToldForTheFirstTime {
    @Test
    void saysOnlyWhereItIsIfItIsToLead() {
      Replica.Assumed there = tellAssume(BROKER, 1, 1, NO_FLUSH).receiveMessage();

      assertThat(there.epoch()).isEqualTo(LeaderEpoch.NONE);
      assertThat(there.self()).isEqualTo(replica);
      assertThat(directory.partitions()).isEmpty();
    }

    @Test
    void leadsWhenItIsToldAgain() {
      tellAssume(BROKER, 1, 1, NO_FLUSH).receiveMessage();

      Replica.Assumed assumed = tellAssume(BROKER, 1, 1, NO_FLUSH).receiveMessage();

      assertThat(assumed.epoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(directory.partitions()).hasSize(1);
    }

    @Test
    void doesAsTheNewerOfTwoWordsSays() {
      tellAssume(BROKER, 2, 2, NO_FLUSH).receiveMessage();

      Replica.Assumed assumed = tellAssume(BROKER, 1, 1, NO_FLUSH).receiveMessage();

      assertThat(assumed.epoch()).isEqualTo(new LeaderEpoch(2));
    }

    @Test
    void leadsBeforeItAnswersAnybody() {
      TestProbe<Replica.Assumed> assumed = tellAssume(BROKER, 1, 1, NO_FLUSH);

      assertThat(appendCommitted(Batches.of(1, 1_000)).baseOffset()).isZero();
      assumed.receiveMessage();
      assertThat(assumed.receiveMessage().epoch()).isEqualTo(new LeaderEpoch(1));
    }

    @Test
    void comparesTheEpochOfTheReignThatItWasToBegin() {
      tellAssume(BROKER, 2, 1, NO_FLUSH).receiveMessage();

      appendInReign(1);

      assertThat(appended().error()).isEqualTo(Errors.FENCED_LEADER_EPOCH);
      assertThat(appendCommitted(Batches.of(1, 1_000)).baseOffset()).isZero();
    }

    @Test
    void opensItsLogAtOnceIfItIsToFollow() {
      Replica.Assumed assumed = tellAssume(2, 1, 1, NO_FLUSH).receiveMessage();

      assertThat(assumed.epoch()).isEqualTo(new LeaderEpoch(1));
      assertThat(directory.partitions()).hasSize(1);
    }
  }

  @Nested
  class WhenItsBrokerIsRegisteredAnew {
    @Test
    void endsItsReignAndBeginsItAgainInTheSameEpoch() {
      ReplicaActorTest.this.lead(1, NO_FLUSH);
      appendCommitted(Batches.of(2, 1_000));
      read(2, 2);
      data();

      TestProbe<Replica.Assumed> assumed =
          tellAssume(BROKER, 1, 1, NO_FLUSH, new actors.BrokerEpoch(2));

      assertThat(data().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
      assumed.receiveMessage();
      assertThat(appendCommitted(Batches.of(1, 1_000)).baseOffset()).isEqualTo(2);
    }

    @Test
    void doesNotListenToWhatItsFormerLifeIsTold() {
      tellAssume(BROKER, 1, 1, NO_FLUSH, new actors.BrokerEpoch(2)).receiveMessage();

      tellAssume(BROKER + 1, 3, 9, NO_FLUSH, new actors.BrokerEpoch(1)).receiveMessage();

      assertThat(appendCommitted(Batches.of(1, 1_000)).baseOffset()).isZero();
    }
  }

  @Nested
  class WhenARuleIsBroken {
    @BeforeEach
    void lead() {
      ReplicaActorTest.this.lead(5, FLUSH);
      disk.forces().hold();
    }

    @Test
    void stopsAndTellsWhoeverWaits() {
      append(Batches.of(1, 1_000), ACKS_ALL);
      disk.forces().awaitOne();
      read(0, 0);
      data();
      TestProbe<Replica.Assumed> watcher = tellAssume(BROKER, 3, 99, FLUSH);
      disk.forces().letGo();

      watcher.expectTerminated(replica);

      assertThat(client.receiveMessage()).isInstanceOf(ReplicaReply.Appended.class);
      assertThat(client.receiveMessage()).isInstanceOf(ReplicaReply.Data.class);
      assertThat(directory.partitions()).hasSize(1);
    }

    @Test
    void canBeStartedAgainOnTheSameFiles() {
      disk.forces().letGo();
      appendCommitted(Batches.of(2, 1_000));
      tellAssume(BROKER, 3, 99, FLUSH).expectTerminated(replica);

      replica = spawn();
      ReplicaActorTest.this.lead(6, FLUSH);

      assertThat(find(new OffsetQuery.Latest(true)).offset()).isEqualTo(2);
    }
  }
}
