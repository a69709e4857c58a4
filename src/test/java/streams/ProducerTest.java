package streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.partition.Replica;
import actors.partition.Replica.Append;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.Utils;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.Supervision;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import streams.ProducerMessage.Envelope;
import streams.ProducerMessage.FailedResult;
import streams.ProducerMessage.MultiResult;
import streams.ProducerMessage.Result;
import streams.ProducerMessage.Results;

class ProducerTest {
  private static final ActorTestKit KIT = Streams.testKit();
  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final TopicPartition SECOND = new TopicPartition("t", 1);

  private final FakeTransport transport = new FakeTransport(KIT.system());
  private final TestProbe<Replica.Command> leader = KIT.createTestProbe();
  private final TestProbe<Replica.Command> secondLeader = KIT.createTestProbe();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void aTopicOfTwoPartitions() {
    transport.topic("t", 2);
    transport.leads(FIRST, leader.ref());
    transport.leads(SECOND, secondLeader.ref());
  }

  private static ProducerRecord<String, String> to(TopicPartition partition, String value) {
    return new ProducerRecord<>(partition.topic(), partition.partition(), null, value);
  }

  private static List<String> values(Append append) {
    List<String> values = new ArrayList<>();
    for (Record record : MemoryRecords.readableRecords(append.records().duplicate()).records()) {
      values.add(Utils.utf8(record.value(), record.valueSize()));
    }
    return values;
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private Append next() {
    return leader.expectMessageClass(Append.class);
  }

  private Pair<TestPublisher.Probe<ProducerRecord<String, String>>, CompletionStage<Done>> run(
      ProducerSettings<String, String> settings) {
    return TestSource.<ProducerRecord<String, String>>create(KIT.system())
        .toMat(Producer.plainSink(settings), Keep.both())
        .run(KIT.system());
  }

  @Nested
  class TheSink {
    @Test
    void sendsTheFirstRecordAtOnceAndGathersWhileItIsUnderWay() {
      TestPublisher.Probe<ProducerRecord<String, String>> records =
          run(Streams.producer(transport)).first();
      records.sendNext(to(FIRST, "a"));
      Append first = next();
      assertThat(values(first)).containsExactly("a");

      records.sendNext(to(FIRST, "b")).sendNext(to(FIRST, "c"));
      FaultyReplica.answer(first, Errors.NONE, 0);

      assertThat(values(next())).containsExactly("b", "c");
    }

    @Test
    void completesWhenTheLastAnswerIsThere() {
      Pair<TestPublisher.Probe<ProducerRecord<String, String>>, CompletionStage<Done>> stream =
          run(Streams.producer(transport));
      stream.first().sendNext(to(FIRST, "a")).sendComplete();
      Append append = next();
      assertThat(stream.second().toCompletableFuture()).isNotDone();

      FaultyReplica.answer(append, Errors.NONE, 0);

      assertThat(get(stream.second())).isEqualTo(Done.getInstance());
    }

    @Test
    void sendsTheSameNumbersAgainAfterARetriableRefusal() {
      TestPublisher.Probe<ProducerRecord<String, String>> records =
          run(Streams.producer(transport)).first();
      records.sendNext(to(FIRST, "a"));
      Append first = next();

      FaultyReplica.answer(first, Errors.NOT_LEADER_OR_FOLLOWER, -1);

      Append again = next();
      assertThat(again.correlation()).isNotEqualTo(first.correlation());
      assertThat(again.records()).isNotSameAs(first.records()).isEqualTo(first.records());
    }

    @Test
    void followsTheLeaderWhenItsReplicaStops() {
      ActorRef<Replica.Command> mortal = KIT.spawn(mortal());
      transport.leads(FIRST, mortal);
      CompletionStage<Done> done =
          Source.single(to(FIRST, "a"))
              .runWith(Producer.plainSink(Streams.producer(transport)), KIT.system());
      leader.expectMessageClass(Append.class);
      transport.leads(FIRST, leader.ref());

      KIT.stop(mortal);

      FaultyReplica.answer(next(), Errors.NONE, 0);
      assertThat(get(done)).isEqualTo(Done.getInstance());
    }

    /** Passes on to the probe and answers nothing. */
    private Behavior<Replica.Command> mortal() {
      return Behaviors.receiveMessage(
          command -> {
            leader.ref().tell(command);
            return Behaviors.same();
          });
    }

    @Test
    void waitsForALeaderThatIsNotThereYet() {
      transport.nobodyLeads(FIRST);
      CompletionStage<Done> done =
          Source.single(to(FIRST, "a"))
              .runWith(Producer.plainSink(Streams.producer(transport)), KIT.system());

      transport.leads(FIRST, leader.ref());

      FaultyReplica.answer(next(), Errors.NONE, 0);
      assertThat(get(done)).isEqualTo(Done.getInstance());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void writesEachRecordOnceAndInOrderThroughLostAnswersAndRefusals(long seed) {
      ModelLog firstLog = new ModelLog();
      ModelLog secondLog = new ModelLog();
      transport.leads(FIRST, KIT.spawn(FaultyReplica.over(firstLog, seed, 20, () -> {})));
      transport.leads(SECOND, KIT.spawn(FaultyReplica.over(secondLog, seed + 100, 20, () -> {})));
      transport.passesAtEachLook(Duration.ofNanos(500_000));
      List<String> values =
          IntStream.range(0, 3000).mapToObj(i -> String.format("%06d", i)).toList();

      get(
          Source.from(values)
              .map(value -> to(value.endsWith("3") ? SECOND : FIRST, value))
              .runWith(
                  Producer.plainSink(
                      Streams.producer(transport)
                          .withBatchBytes(1024)
                          .withRequestTimeout(Duration.ofMillis(8))
                          .withDeliveryTimeout(Duration.ofDays(1))),
                  KIT.system()));

      assertThat(firstLog.values())
          .isEqualTo(values.stream().filter(v -> !v.endsWith("3")).toList());
      assertThat(secondLog.values())
          .isEqualTo(values.stream().filter(v -> v.endsWith("3")).toList());
    }

    @Test
    void pullsNoMoreThanItMayHold() {
      int boundBytes = 10_000;
      ModelLog log = new ModelLog();
      AtomicInteger pulled = new AtomicInteger();
      AtomicInteger answered = new AtomicInteger();
      AtomicInteger heldMax = new AtomicInteger();
      transport.leads(
          FIRST,
          KIT.spawn(FaultyReplica.over(log, 1, 0, () -> answered.set((int) log.endOffset()))));

      get(
          Source.range(1, 5000)
              .map(
                  number -> {
                    heldMax.accumulateAndGet(pulled.incrementAndGet() - answered.get(), Math::max);
                    return to(FIRST, "x".repeat(100));
                  })
              .runWith(
                  Producer.plainSink(
                      Streams.producer(transport)
                          .withBatchBytes(2000)
                          .withBufferBytesMax(boundBytes)),
                  KIT.system()));

      assertThat(log.endOffset()).isEqualTo(5000);
      assertThat(heldMax.get()).isLessThanOrEqualTo(boundBytes / 100 + 1);
    }
  }

  @Nested
  class WhatCannotBeWritten {
    private CompletionStage<Done> write(
        ProducerSettings<String, String> settings, ProducerRecord<String, String> record) {
      return Source.single(record).runWith(Producer.plainSink(settings), KIT.system());
    }

    @Test
    void aTopicThatDoesNotExistIsNamed() {
      transport.passesAtEachLook(Duration.ofSeconds(1));

      CompletionStage<Done> done =
          write(Streams.producer(transport), new ProducerRecord<>("nowhere", "v"));

      assertThatThrownBy(() -> get(done))
          .hasRootCauseInstanceOf(ProduceFailed.class)
          .hasMessageContaining("nowhere: there is no such topic");
    }

    @Test
    void aPartitionThatDoesNotExistIsNamed() {
      transport.passesAtEachLook(Duration.ofSeconds(1));

      CompletionStage<Done> done =
          write(Streams.producer(transport), to(new TopicPartition("t", 7), "v"));

      assertThatThrownBy(() -> get(done)).hasMessageContaining("no partition 7, only 2");
    }

    @Test
    void aRecordThatIsTooLargeFailsAlone() {
      transport.topic("t", 2, 2000, partition -> true);
      ModelLog log = new ModelLog();
      transport.leads(FIRST, KIT.spawn(FaultyReplica.over(log, 1, 0, () -> {})));

      CompletionStage<Done> done =
          Source.from(List.of(to(FIRST, "a"), to(FIRST, "x".repeat(2000)), to(FIRST, "b")))
              .runWith(
                  Producer.plainSink(Streams.producer(transport))
                      .withAttributes(
                          ActorAttributes.withSupervisionStrategy(
                              Supervision.getResumingDecider())),
                  KIT.system());

      assertThat(get(done)).isEqualTo(Done.getInstance());
      assertThat(log.values()).containsExactly("a", "b");
    }

    @Test
    void stopsTheStreamByDefaultAndSaysWhatAndWhy() {
      CompletionStage<Done> done = write(Streams.producer(transport), to(FIRST, "a"));

      FaultyReplica.answer(next(), Errors.INVALID_TIMESTAMP, -1);

      assertThatThrownBy(() -> get(done))
          .hasRootCauseInstanceOf(ProduceFailed.class)
          .hasMessageContaining("t-0: not written: INVALID_TIMESTAMP");
    }

    @Test
    void anAnswerThatNeverComesFailsTheRecordInDoubt() {
      transport.passesAtEachLook(Duration.ofMillis(1));

      CompletionStage<Done> done =
          write(
              Streams.producer(transport)
                  .withRequestTimeout(Duration.ofMillis(8))
                  .withDeliveryTimeout(Duration.ofMillis(16)),
              to(FIRST, "a"));

      assertThatThrownBy(() -> get(done))
          .hasMessageContaining("t-0: it may have been written or not");
    }

    @Test
    void aSerializerThatThrowsIsNamed() {
      ProducerSettings<String, String> settings =
          ProducerSettings.create(
              transport,
              (topic, key) -> null,
              (topic, value) -> {
                throw new IllegalStateException("no luck");
              });

      CompletionStage<Done> done = write(settings, to(FIRST, "a"));

      assertThatThrownBy(() -> get(done))
          .hasMessageContaining("t: the value cannot be serialized")
          .hasMessageContaining("no luck");
    }

    @Test
    void anUpstreamFailureFailsTheResult() {
      CompletionStage<Done> done =
          Source.<ProducerRecord<String, String>>failed(new IllegalStateException("upstream"))
              .runWith(Producer.plainSink(Streams.producer(transport)), KIT.system());

      assertThatThrownBy(() -> get(done)).hasMessageContaining("upstream");
    }
  }

  @Nested
  class TheFlow {
    private Pair<
            TestPublisher.Probe<Envelope<String, String, Integer>>,
            TestSubscriber.Probe<Results<String, String, Integer>>>
        run(Supervision.Directive directive) {
      return TestSource.<Envelope<String, String, Integer>>create(KIT.system())
          .via(
              Producer.<String, String, Integer>flexiFlow(Streams.producer(transport))
                  .withAttributes(ActorAttributes.withSupervisionStrategy(failure -> directive)))
          .toMat(TestSink.create(KIT.system()), Keep.both())
          .run(KIT.system());
    }

    private Append nextOfSecond() {
      return secondLeader.expectMessageClass(Append.class);
    }

    @Test
    void emitsInUpstreamOrderWhateverIsAnsweredFirst() {
      var stream = run(Supervision.stop());
      stream.second().request(3);
      stream.first().sendNext(ProducerMessage.single(to(FIRST, "a"), 1));
      stream.first().sendNext(ProducerMessage.single(to(SECOND, "b"), 2));
      stream.first().sendNext(ProducerMessage.passThrough(3));

      FaultyReplica.answer(nextOfSecond(), Errors.NONE, 70);
      FaultyReplica.answer(next(), Errors.NONE, 40);

      Results<String, String, Integer> first = stream.second().expectNext();
      assertThat(first.passThrough()).isEqualTo(1);
      assertThat(((Result<String, String, Integer>) first).offset()).isEqualTo(40);
      assertThat(stream.second().expectNext().passThrough()).isEqualTo(2);
      assertThat(stream.second().expectNext().passThrough()).isEqualTo(3);
      stream.first().sendComplete();
      stream.second().expectComplete();
    }

    @Test
    void saysWhereEachRecordOfABatchLies() {
      var stream = run(Supervision.stop());
      stream.second().request(3);
      stream.first().sendNext(ProducerMessage.single(to(FIRST, "a"), 1));
      stream.first().sendNext(ProducerMessage.single(to(FIRST, "bb"), 2));
      stream.first().sendNext(ProducerMessage.single(to(FIRST, "ccc"), 3));
      FaultyReplica.answer(next(), Errors.NONE, 40);
      FaultyReplica.answer(next(), Errors.NONE, 41);

      stream.second().expectNext();
      stream.second().expectNext();
      Result<String, String, Integer> third =
          (Result<String, String, Integer>) stream.second().expectNext();

      assertThat(third.metadata().topic()).isEqualTo("t");
      assertThat(third.metadata().partition()).isZero();
      assertThat(third.offset()).isEqualTo(42);
      assertThat(third.metadata().timestamp()).isEqualTo(transport.nowMillis());
      assertThat(third.metadata().serializedKeySize()).isEqualTo(-1);
      assertThat(third.metadata().serializedValueSize()).isEqualTo(3);
    }

    @Test
    void aMultiEnvelopeIsReadyWhenAllItsRecordsAreWritten() {
      var stream = run(Supervision.stop());
      stream.second().request(1);
      stream.first().sendNext(ProducerMessage.multi(List.of(to(FIRST, "a"), to(SECOND, "b")), 1));
      FaultyReplica.answer(next(), Errors.NONE, 40);
      FaultyReplica.answer(nextOfSecond(), Errors.NONE, 70);

      MultiResult<String, String, Integer> result =
          (MultiResult<String, String, Integer>) stream.second().expectNext();

      assertThat(result.parts())
          .extracting(part -> part.metadata().offset())
          .containsExactly(40L, 70L);
    }

    @Test
    void resumedItLeavesOutWhatFailed() {
      var stream = run(Supervision.resume());
      stream.second().request(2);
      stream.first().sendNext(ProducerMessage.single(to(FIRST, "a"), 1));
      stream.first().sendNext(ProducerMessage.single(to(SECOND, "b"), 2));

      FaultyReplica.answer(next(), Errors.INVALID_RECORD, -1);
      FaultyReplica.answer(nextOfSecond(), Errors.NONE, 70);

      assertThat(stream.second().expectNext().passThrough()).isEqualTo(2);
    }

    @Test
    void reportsWhatFailedInItsTurnAndGoesOn() {
      CompletionStage<List<Results<String, String, Integer>>> results =
          Source.from(
                  List.of(
                      ProducerMessage.single(to(FIRST, "a"), 1),
                      ProducerMessage.single(to(new TopicPartition("nowhere", 0), "b"), 2),
                      ProducerMessage.single(to(FIRST, "x".repeat(2 << 20)), 3),
                      ProducerMessage.single(to(SECOND, "d"), 4)))
              .via(
                  Producer.outcomeFlow(
                      Streams.producer(transport).withTopicTimeout(Duration.ofMillis(1))))
              .runWith(Sink.seq(), KIT.system());
      transport.passesAtEachLook(Duration.ofMillis(1));

      FaultyReplica.answer(next(), Errors.INVALID_RECORD, -1);
      FaultyReplica.answer(nextOfSecond(), Errors.NONE, 70);

      List<Results<String, String, Integer>> reported = get(results);
      assertThat(reported).extracting(Results::passThrough).containsExactly(1, 2, 3, 4);
      assertThat(reported.subList(0, 3))
          .extracting(result -> ((FailedResult<?, ?, ?>) result).failure().error())
          .containsExactly(
              Errors.INVALID_RECORD, Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.MESSAGE_TOO_LARGE);
      assertThat(reported.get(3)).isInstanceOf(Result.class);
    }

    @Test
    void completesWithoutRecordsAsWell() {
      CompletionStage<List<Integer>> results =
          Source.range(1, 100)
              .map(ProducerMessage::<String, String, Integer>passThrough)
              .via(Producer.flexiFlow(Streams.producer(transport)))
              .map(Results::passThrough)
              .runWith(Sink.seq(), KIT.system());

      assertThat(get(results)).hasSize(100).isSorted();
    }
  }

  @Nested
  class TheSettings {
    @Test
    void refuseAKeyThatDoesNotExist() {
      assertThatThrownBy(
              () ->
                  Streams.producer(transport)
                      .withConfig(ConfigFactory.parseString("batch-byte = 1000")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("batch-byte")
          .hasMessageContaining("batch-bytes");
    }

    @Test
    void refuseAValueOutOfBounds() {
      assertThatThrownBy(() -> Streams.producer(transport).withBatchesInFlightMax(6))
          .hasMessageContaining("batches-in-flight-max");
      assertThatThrownBy(() -> Streams.producer(transport).withCompression("zip"))
          .hasMessageContaining("zstd");
    }

    @Test
    void areImmutable() {
      ProducerSettings<String, String> before = Streams.producer(transport);

      ProducerSettings<String, String> after = before.withAcks(Acks.LEADER).withBatchBytes(2048);

      assertThat(before.tuning().acks()).isEqualTo(Acks.ALL);
      assertThat(after.tuning().acks()).isEqualTo(Acks.LEADER);
      assertThat(after.tuning().batchBytes()).isEqualTo(2048);
    }
  }
}
