package streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.Replica.CancelRead;
import actors.partition.Replica.FindOffset;
import actors.partition.Replica.Read;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.FarBytes;
import actors.partition.ReplicaReply.Offered;
import actors.partition.ReplicaReply.OffsetFound;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConsumerTest {
  private static final ActorTestKit KIT = Streams.testKit();
  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final TopicPartition SECOND = new TopicPartition("t", 1);
  private static final Subscription BEGINNING = Subscriptions.assignmentFromBeginning(FIRST);

  private final FakeTransport transport = new FakeTransport(KIT.system());
  private final ModelLog log = new ModelLog();
  private final ModelLog secondLog = new ModelLog();
  private final TestProbe<Replica.Command> leader = KIT.createTestProbe();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void aTopicOfTwoPartitions() {
    transport.topic("t", 2);
    transport.leads(FIRST, KIT.spawn(LogReplica.over(log, transport, 0)));
    transport.leads(SECOND, KIT.spawn(LogReplica.over(secondLog, transport, 0)));
  }

  private static MutableRecordBatch batch(CompressionType codec, long timestamp, String... values) {
    BatchWriter writer = new BatchWriter(0);
    for (String value : values) {
      Header[] headers = {new RecordHeader("h", new byte[] {1})};
      writer.append(timestamp, null, value.getBytes(UTF_8), headers);
    }
    return read(writer.build(Compression.of(codec).build(), -1, (short) -1, -1));
  }

  private static MutableRecordBatch read(ByteBuffer bytes) {
    return MemoryRecords.readableRecords(bytes).batches().iterator().next();
  }

  private static void store(ModelLog log, String... values) {
    log.store(batch(CompressionType.NONE, 1000, values));
  }

  /** Batches of one record of a kilobyte each. */
  private static void storeKilobytes(ModelLog log, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      store(log, prefix + i + "-".repeat(950));
    }
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Pair<Consumer.Control, TestSubscriber.Probe<ConsumerRecord<String, String>>> run(
      ConsumerSettings<String, String> settings, Subscription subscription) {
    return Consumer.plainSource(settings, subscription)
        .toMat(TestSink.create(KIT.system()), Keep.both())
        .run(KIT.system());
  }

  private List<String> values(
      ConsumerSettings<String, String> settings, Subscription subscription, int count) {
    return get(
        Consumer.plainSource(settings, subscription)
            .map(ConsumerRecord::value)
            .take(count)
            .runWith(Sink.seq(), KIT.system()));
  }

  private Throwable failure(ConsumerSettings<String, String> settings, Subscription subscription) {
    return run(settings, subscription).second().request(1).expectError();
  }

  @Nested
  class WhatIsRead {
    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void comesInOrderWithItsPlaceWhateverTheCodec(CompressionType codec) {
      log.store(batch(codec, 1000, "a", "b"));
      log.store(batch(codec, 2000, "c"));

      List<ConsumerRecord<String, String>> records =
          get(
              Consumer.plainSource(Streams.consumer(transport), BEGINNING)
                  .take(3)
                  .runWith(Sink.seq(), KIT.system()));

      assertThat(records).extracting(ConsumerRecord::value).containsExactly("a", "b", "c");
      assertThat(records).extracting(ConsumerRecord::offset).containsExactly(0L, 1L, 2L);
      ConsumerRecord<String, String> last = records.get(2);
      assertThat(last.topic()).isEqualTo("t");
      assertThat(last.partition()).isZero();
      assertThat(last.timestamp()).isEqualTo(2000);
      assertThat(last.key()).isNull();
      assertThat(last.serializedKeySize()).isEqualTo(ConsumerRecord.NULL_SIZE);
      assertThat(last.serializedValueSize()).isEqualTo(1);
      assertThat(last.leaderEpoch()).contains(3);
      assertThat(last.headers().lastHeader("h").value()).containsExactly(1);
    }

    @Test
    void beginsInsideABatchWhereTheOffsetLies() {
      store(log, "a", "b", "c");

      assertThat(
              values(
                  Streams.consumer(transport),
                  Subscriptions.assignmentWithOffset(Map.of(FIRST, 1L)),
                  2))
          .containsExactly("b", "c");
    }

    @Test
    void isNotControlBatches() {
      store(log, "a");
      log.store(
          read(
              MemoryRecords.withEndTransactionMarker(
                      5, (short) 0, new EndTransactionMarker(ControlRecordType.COMMIT, 0))
                  .buffer()));
      store(log, "b");

      assertThat(values(Streams.consumer(transport).withChunkBytes(1024), BEGINNING, 2))
          .containsExactly("a", "b");
    }

    @Test
    void comesFromAllPartitionsInTurnsOfABatch() {
      storeKilobytes(log, "a", 50);
      storeKilobytes(secondLog, "b", 50);

      List<String> values =
          values(
              Streams.consumer(transport),
              Subscriptions.assignmentFromBeginning(FIRST, SECOND),
              100);

      String turns = String.join("", values.stream().map(value -> value.substring(0, 1)).toList());
      assertThat(turns).matches("(a*(ba)*b*|b*(ab)*a*)");
      assertThat(turns).containsAnyOf("abab", "baba", "ab", "ba").hasSize(100);
    }

    @Test
    void isAllOfManyPiecesThoughFewAreInMemoryAtOnce() {
      storeKilobytes(log, "a", 200);
      storeKilobytes(secondLog, "b", 200);

      List<String> values =
          values(
              Streams.consumer(transport).withChunkBytes(4096).withChunksMax(1),
              Subscriptions.assignmentFromBeginning(FIRST, SECOND),
              400);

      assertThat(values).doesNotHaveDuplicates().hasSize(400);
    }
  }

  @Nested
  class WhereItStarts {
    @Test
    void atTheEndUnlessToldOtherwise() {
      TestProbe<Replica.Command> asked = asProbe();

      run(Streams.consumer(transport), Subscriptions.assignment(FIRST));

      assertThat(asked.expectMessageClass(FindOffset.class).query())
          .isInstanceOf(OffsetQuery.Latest.class);
    }

    @Test
    void whereTheSettingsSay() {
      store(log, "a");

      assertThat(
              values(
                  Streams.consumer(transport).withStartPosition(StartPosition.EARLIEST),
                  Subscriptions.assignment(FIRST),
                  1))
          .containsExactly("a");
    }

    @Test
    void atATime() {
      log.store(batch(CompressionType.NONE, 1000, "a"));
      log.store(batch(CompressionType.NONE, 2000, "b"));

      assertThat(
              values(
                  Streams.consumer(transport),
                  Subscriptions.assignmentOffsetsForTimes(Map.of(FIRST, 1500L)),
                  1))
          .containsExactly("b");
    }

    @Test
    void atTheEndOfBeforeIfNothingOfThatTimeIsThere() {
      TestProbe<Replica.Command> asked = asProbe();
      run(
              Streams.consumer(transport),
              Subscriptions.assignmentOffsetsForTimes(Map.of(FIRST, 1500L)))
          .second()
          .request(1);

      answer(asked.expectMessageClass(FindOffset.class), 70);
      answer(asked.expectMessageClass(FindOffset.class), -1);

      assertThat(asked.expectMessageClass(Read.class).offset()).isEqualTo(70);
    }

    private void answer(FindOffset find, long offset) {
      find.replyTo().tell(new OffsetFound(find.correlation(), Errors.NONE, offset, -1, -1));
    }
  }

  private TestProbe<Replica.Command> asProbe() {
    transport.leads(FIRST, leader.ref());
    return leader;
  }

  private static Subscription from(long offset) {
    return Subscriptions.assignmentWithOffset(Map.of(FIRST, offset));
  }

  private static void answer(Read read, Errors error, boolean waits) {
    answer(read, error, Optional.empty(), waits);
  }

  private static void answer(
      Read read, Errors error, Optional<storage.log.FetchRegion> region, boolean waits) {
    read.replyTo().tell(new Data(read.correlation(), error, region, 0, 0, 0, waits));
  }

  @Nested
  class Demand {
    @Test
    void isWhatMakesItRead() {
      TestProbe<Replica.Command> asked = asProbe();
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.ensureSubscription();
      asked.expectNoMessage(Duration.ZERO);

      sink.request(1);

      asked.expectMessageClass(Read.class);
    }

    @Test
    void readsNoMoreThanAPieceAhead() {
      storeKilobytes(log, "a", 100);
      int recordsPerChunk = 4;
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport).withChunkBytes(recordsPerChunk * 1050), from(0)).second();

      for (int consumed = 1; consumed <= 100; consumed++) {
        sink.request(1).expectNext();
        int chunksConsumed = (consumed + recordsPerChunk - 1) / recordsPerChunk;
        assertThat(transport.readCount()).isLessThanOrEqualTo(chunksConsumed + 1);
      }
    }

    @Test
    void atTheEndWaitsWithoutAskingAgain() {
      TestProbe<Replica.Command> asked = asProbe();
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(7)).second();
      sink.request(1);
      Read read = asked.expectMessageClass(Read.class);
      assertThat(read.offset()).isEqualTo(7);
      assertThat(read.waitPast()).isEqualTo(7);
      answer(read, Errors.NONE, true);
      store(log, "0", "1", "2", "3", "4", "5", "6", "seven");

      answer(read, Errors.NONE, Optional.of(transport.region(log.read(7, 1000))), false);

      assertThat(sink.expectNext().value()).isEqualTo("seven");
      assertThat(asked.expectMessageClass(Read.class).offset()).isEqualTo(8);
    }
  }

  @Nested
  class WhatGoesWrong {
    @Test
    void anOffsetOutOfRangeFailsAndIsNamed() {
      store(log, "a", "b");

      assertThat(failure(Streams.consumer(transport), from(9)))
          .isInstanceOf(ConsumeFailed.class)
          .hasMessage("t-0: offset 9 is not in the log, which holds 0 to 2");
    }

    @Test
    void orGoesOnWithTheFirstRecordThatIsLeft() {
      store(log, "a", "b", "c");
      transport.leads(FIRST, KIT.spawn(LogReplica.over(log, transport, 1)));

      assertThat(
              values(Streams.consumer(transport).withOffsetReset(OffsetReset.EARLIEST), from(0), 2))
          .containsExactly("b", "c");
    }

    @Test
    void orGoesOnAtTheEnd() {
      TestProbe<Replica.Command> asked = asProbe();
      run(Streams.consumer(transport).withOffsetReset(OffsetReset.LATEST), from(9))
          .second()
          .request(1);

      answer(asked.expectMessageClass(Read.class), Errors.OFFSET_OUT_OF_RANGE, false);

      assertThat(asked.expectMessageClass(FindOffset.class).query())
          .isInstanceOf(OffsetQuery.Latest.class);
    }

    @Test
    void aLeaderThatMovesIsFollowed() {
      store(log, "a");
      ActorRef<Replica.Command> next = transport.leader(FIRST).fold(ref -> ref, refused -> null);
      TestProbe<Replica.Command> asked = asProbe();
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.request(1);
      Read read = asked.expectMessageClass(Read.class);
      transport.leads(FIRST, next);

      answer(read, Errors.NOT_LEADER_OR_FOLLOWER, false);

      assertThat(sink.expectNext().value()).isEqualTo("a");
    }

    @Test
    void aLeaderThatStopsWhileOneWaitsIsFollowed() {
      ActorRef<Replica.Command> mortal = KIT.spawn(LogReplica.over(log, transport, 0));
      transport.leads(FIRST, mortal);
      ModelLog nextLog = new ModelLog();
      store(nextLog, "a");
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.request(1);
      transport.leads(FIRST, KIT.spawn(LogReplica.over(nextLog, transport, 0)));

      KIT.stop(mortal);

      assertThat(sink.expectNext().value()).isEqualTo("a");
    }

    @Test
    void aTopicThatDoesNotExistIsNamed() {
      transport.passesAtEachLook(Duration.ofSeconds(1));

      assertThat(
              failure(
                  Streams.consumer(transport),
                  Subscriptions.assignmentFromBeginning(new TopicPartition("nowhere", 3))))
          .hasMessageContaining("nowhere-3")
          .hasMessageContaining("UNKNOWN_TOPIC_OR_PARTITION");
    }

    @Test
    void aWrongChecksumIsNeverGivenOutButNamed() {
      TestProbe<Replica.Command> asked = asProbe();
      store(log, "a");
      ByteBuffer damaged = log.read(0, 1000);
      damaged.put(damaged.limit() - 2, (byte) 'x');
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.request(1);

      for (int i = 0; i < Limits.DAMAGED_READS_MAX; i++) {
        answer(
            asked.expectMessageClass(Read.class),
            Errors.NONE,
            Optional.of(transport.region(damaged)),
            false);
      }

      assertThat(sink.expectError())
          .isInstanceOf(ConsumeFailed.class)
          .hasMessageContaining("t-0: cannot be read at offset 0")
          .hasMessageContaining("corrupt");
    }

    @Test
    void aRecordThatCannotBeDeserializedIsNamed() {
      store(log, "a", "b");

      assertThat(failure(choosy(), BEGINNING))
          .hasMessageContaining("t-0: the record at offset 0 cannot be deserialized");
    }

    @Test
    void andIsLeftOutByAStreamThatResumes() {
      store(log, "a", "b");

      assertThat(
              get(
                  Consumer.plainSource(choosy(), BEGINNING)
                      .withAttributes(
                          ActorAttributes.withSupervisionStrategy(Supervision.getResumingDecider()))
                      .map(ConsumerRecord::value)
                      .runWith(Sink.head(), KIT.system())))
          .isEqualTo("b");
    }

    /** Does not like what begins with a. */
    private ConsumerSettings<String, String> choosy() {
      return ConsumerSettings.create(
          transport,
          new StringDeserializer(),
          (topic, bytes) -> {
            if (bytes[0] == 'a') {
              throw new IllegalStateException("not this one");
            }
            return new String(bytes, UTF_8);
          });
    }
  }

  @Nested
  class TheControl {
    @Test
    void stoppedLetsOutWhatWasReadAndThenCompletes() {
      store(log, "a", "b", "c");
      Pair<Consumer.Control, TestSubscriber.Probe<ConsumerRecord<String, String>>> stream =
          run(Streams.consumer(transport), BEGINNING);
      stream.second().request(1).expectNext();

      CompletionStage<Done> stopped = stream.first().stop();
      stream.second().request(5).expectNext();
      stream.second().expectNext();
      stream.second().expectComplete();

      assertThat(get(stopped)).isEqualTo(Done.getInstance());
    }

    @Test
    void stoppedNoLongerWaitsAtTheLeader() {
      TestProbe<Replica.Command> asked = asProbe();
      Pair<Consumer.Control, TestSubscriber.Probe<ConsumerRecord<String, String>>> stream =
          run(Streams.consumer(transport), from(0));
      stream.second().request(1);
      Read read = asked.expectMessageClass(Read.class);
      answer(read, Errors.NONE, true);

      stream.first().stop();

      assertThat(asked.expectMessageClass(CancelRead.class).correlation())
          .isEqualTo(read.correlation());
      stream.second().expectComplete();
    }

    @Test
    void shutDownCompletesAtOnce() {
      store(log, "a", "b");
      Pair<Consumer.Control, TestSubscriber.Probe<ConsumerRecord<String, String>>> stream =
          run(Streams.consumer(transport), BEGINNING);
      stream.second().request(1).expectNext();

      CompletionStage<Done> shutdown = stream.first().shutdown();

      stream.second().expectComplete();
      assertThat(get(shutdown)).isEqualTo(Done.getInstance());
      assertThat(get(stream.first().shutdown())).isEqualTo(Done.getInstance());
    }

    @Test
    void drainsTheStreamAndGivesItsResult() {
      store(log, IntStream.range(0, 500).mapToObj(Integer::toString).toArray(String[]::new));
      List<String> seen = new ArrayList<>();
      Pair<Consumer.Control, CompletionStage<Integer>> stream =
          Consumer.plainSource(Streams.consumer(transport), BEGINNING)
              .map(
                  record -> {
                    seen.add(record.value());
                    return 1;
                  })
              .toMat(Sink.fold(0, Integer::sum), Keep.both())
              .run(KIT.system());

      int counted =
          get(stream.first().drainAndShutdown(stream.second(), KIT.system().executionContext()));

      assertThat(seen).hasSize(counted);
      assertThat(stream.first().isShutdown().toCompletableFuture()).isDone();
    }

    @Test
    void passesOnTheFailureOfTheStreamItDrains() {
      store(log, "a");
      Pair<Consumer.Control, CompletionStage<Done>> stream =
          Consumer.plainSource(Streams.consumer(transport), BEGINNING)
              .toMat(
                  Sink.foreach(
                      record -> {
                        throw new IllegalStateException("downstream");
                      }),
                  Keep.both())
              .run(KIT.system());
      get(stream.first().isShutdown());

      assertThatThrownBy(
              () ->
                  get(
                      stream
                          .first()
                          .drainAndShutdown(stream.second(), KIT.system().executionContext())))
          .hasMessageContaining("downstream");
    }
  }

  @Nested
  class FromAnotherBroker {
    private final Deque<CompletableFuture<ByteBuffer>> loads = new ConcurrentLinkedDeque<>();

    /** Bytes that are there once the test says so. */
    private final class Bytes implements FarBytes {
      @Override
      public int size() {
        return 100;
      }

      @Override
      public CompletionStage<ByteBuffer> load() {
        CompletableFuture<ByteBuffer> load = new CompletableFuture<>();
        loads.add(load);
        return load;
      }
    }

    private void offer(Read read) {
      Data data = new Data(read.correlation(), Errors.NONE, Optional.empty(), 9, 9, 0, false);
      read.replyTo().tell(new Offered(data, new Bytes()));
    }

    private CompletableFuture<ByteBuffer> awaitLoad() {
      return Awaitility.await().until(loads::poll, Objects::nonNull);
    }

    @Test
    void loadsNoMoreThanThereIsRoomFor() {
      TestProbe<Replica.Command> asked = asProbe();
      transport.leads(SECOND, leader.ref());
      store(log, "a");
      run(
              Streams.consumer(transport).withChunksMax(1),
              Subscriptions.assignmentWithOffset(Map.of(FIRST, 0L, SECOND, 0L)))
          .second()
          .request(2);
      Read first = asked.expectMessageClass(Read.class);
      Read second = asked.expectMessageClass(Read.class);

      offer(first);
      offer(second);

      CompletableFuture<ByteBuffer> load = awaitLoad();
      assertThat(loads).isEmpty();
      load.complete(log.read(0, 1000));
      assertThat(awaitLoad()).isNotDone();
    }

    @Test
    void asksAgainWhenTheWayThereEndsHoweverOften() {
      TestProbe<Replica.Command> asked = asProbe();
      store(log, "a");
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.request(1);

      for (int lost = 0; lost < 2 * Limits.DAMAGED_READS_MAX; lost++) {
        offer(asked.expectMessageClass(Read.class));
        awaitLoad().completeExceptionally(new LeaderNotAvailableException("gone"));
      }
      offer(asked.expectMessageClass(Read.class));
      awaitLoad().complete(log.read(0, 1000));

      assertThat(sink.expectNext().value()).isEqualTo("a");
    }

    @Test
    void failsWhenTheBytesThemselvesStayWrong() {
      TestProbe<Replica.Command> asked = asProbe();
      store(log, "a");
      TestSubscriber.Probe<ConsumerRecord<String, String>> sink =
          run(Streams.consumer(transport), from(0)).second();
      sink.request(1);
      ByteBuffer damaged = log.read(0, 1000);
      damaged.put(damaged.limit() - 1, (byte) ~damaged.get(damaged.limit() - 1));

      for (int read = 0; read < Limits.DAMAGED_READS_MAX; read++) {
        offer(asked.expectMessageClass(Read.class));
        awaitLoad().complete(damaged.duplicate());
      }

      assertThat(sink.expectError()).isInstanceOf(ConsumeFailed.class);
    }
  }
}
