package streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import actors.partition.Replica;
import actors.partition.Replica.Append;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final ActorTestKit KIT = Streams.testKit();
  private static final TopicPartition FIRST = new TopicPartition("t", 0);
  private static final int BATCHES = 100;
  private static final int RECORDS_EACH = 4;
  private static final int CHUNK_BYTES = 5_000;

  private final FakeTransport transport = new FakeTransport(KIT.system());

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @BeforeEach
  void aTopic() {
    transport.topic("t", 1);
  }

  @Nested
  class OfASource {
    private final ModelLog log = new ModelLog();
    private int batchBytes;
    private Pair<Consumer.Control, TestSubscriber.Probe<ConsumerRecord<String, String>>> stream;

    @BeforeEach
    void manyBatches() {
      transport.leads(FIRST, KIT.spawn(LogReplica.over(log, transport, 0)));
      for (int i = 0; i < BATCHES; i++) {
        BatchWriter writer = new BatchWriter(0);
        for (int each = 0; each < RECORDS_EACH; each++) {
          writer.append(1000, null, "-".repeat(250).getBytes(UTF_8), new Header[0]);
        }
        batchBytes = writer.size();
        log.store(
            MemoryRecords.readableRecords(writer.build(Compression.NONE, -1, (short) -1, -1))
                .batches()
                .iterator()
                .next());
      }
      stream =
          Consumer.plainSource(
                  Streams.consumer(transport).withChunkBytes(CHUNK_BYTES),
                  Subscriptions.assignmentFromBeginning(FIRST))
              .toMat(TestSink.create(KIT.system()), Keep.both())
              .run(KIT.system());
    }

    private ConsumerMetrics metrics() {
      return get(stream.first().metrics());
    }

    private void take(int count) {
      stream.second().request(count).expectNextN(count);
    }

    @Test
    void sayWhatTheStreamWasGivenAndHowFarThatIsFromTheEnd() {
      take(6);

      ConsumerMetrics metrics = metrics();

      assertThat(metrics.records()).isEqualTo(6);
      assertThat(metrics.bytes()).isBetween(6 * 250L, 6 * 260L);
      assertThat(metrics.places()).hasSize(1);
      ConsumerMetrics.Place place = metrics.places().get(0);
      assertThat(place.partition()).isEqualTo(FIRST);
      assertThat(place.position()).isEqualTo(6);
      assertThat(place.highWatermark()).isEqualTo(BATCHES * RECORDS_EACH);
      assertThat(place.lag()).isEqualTo(OptionalLong.of(BATCHES * RECORDS_EACH - 6));
    }

    @Test
    void sayWhatIsHeldWhileNothingIsWanted() {
      int batchesEach = CHUNK_BYTES / batchBytes;
      int lastBatchOfAChunk = (batchesEach - 1) * RECORDS_EACH + 1;
      take(lastBatchOfAChunk);
      long held = 2L * batchesEach * batchBytes;

      Awaitility.await().until(() -> metrics().bytesInMemory() == held);

      assertThat(metrics().bytesRead()).isEqualTo(held);
      assertThat(metrics().bytesAsked()).isZero();
      assertThat(metrics().places().get(0).readEnd()).isEqualTo(2L * batchesEach * RECORDS_EACH);
    }

    @Test
    void showTheCreditThatTheLeaderHas() {
      int all = BATCHES * RECORDS_EACH;
      stream.second().request(all + 1).expectNextN(all);

      Awaitility.await().until(() -> metrics().bytesInMemory() == 0);

      assertThat(metrics().bytesAsked()).isEqualTo(CHUNK_BYTES);
      assertThat(metrics().bytesRead()).isEqualTo((long) BATCHES * batchBytes);
      assertThat(metrics().places().get(0).lag()).hasValue(0);
    }

    @Test
    void keepWhatWasDoneWhenItHasEnded() {
      take(6);
      get(stream.first().shutdown());

      ConsumerMetrics metrics = metrics();

      assertThat(metrics.records()).isEqualTo(6);
      assertThat(metrics.bytesInMemory()).isZero();
      assertThat(metrics.places()).isEmpty();
    }
  }

  @Nested
  class OfSinks {
    private final TestProbe<Replica.Command> leader = KIT.createTestProbe();
    private final ProducerMeter meter = ProducerMeter.create();

    @BeforeEach
    void leads() {
      transport.leads(FIRST, leader.ref());
    }

    private TestPublisher.Probe<ProducerRecord<String, String>> sink() {
      return TestSource.<ProducerRecord<String, String>>create(KIT.system())
          .to(Producer.plainSink(Streams.producer(transport).withMeter(meter)))
          .run(KIT.system());
    }

    private ProducerMetrics metrics() {
      return get(meter.metrics());
    }

    private Append append() {
      return leader.expectMessageClass(Append.class);
    }

    private static ProducerRecord<String, String> record() {
      return new ProducerRecord<>("t", "x".repeat(1000));
    }

    @Test
    void sayWhatIsUnderWayAndThenThatItIsWritten() {
      sink().sendNext(record());
      Append append = append();
      ProducerMetrics before = metrics();

      FaultyReplica.answer(append, Errors.NONE, 7);
      Awaitility.await().until(() -> metrics().records() == 1);

      assertThat(before.records()).isZero();
      assertThat(before.batchesInFlight()).isEqualTo(1);
      assertThat(before.bytesInFlight()).isBetween(1000L, 1100L).isEqualTo(before.bytesHeld());
      assertThat(before.places())
          .containsExactly(new ProducerMetrics.Place(FIRST, -1, before.bytesInFlight()));
      assertThat(metrics())
          .isEqualTo(
              new ProducerMetrics(
                  1,
                  before.bytesInFlight(),
                  0,
                  0,
                  0,
                  0,
                  List.of(new ProducerMetrics.Place(FIRST, 8, 0))));
    }

    @Test
    void addUpThoseThatRunAndThoseThatHaveEnded() {
      sink().sendNext(record()).sendComplete();
      FaultyReplica.answer(append(), Errors.NONE, 0);
      Awaitility.await().until(() -> metrics().places().isEmpty());

      sink().sendNext(record());
      sink().sendNext(record());
      FaultyReplica.answer(append(), Errors.NONE, 1);
      append();

      Awaitility.await().until(() -> metrics().records() == 2);
      assertThat(metrics().batchesInFlight()).isEqualTo(1);
      assertThat(metrics().places()).hasSize(2);
    }

    @Test
    void countWhatFailed() {
      sink().sendNext(record());

      FaultyReplica.answer(append(), Errors.INVALID_TIMESTAMP, -1);

      Awaitility.await().until(() -> metrics().recordsFailed() == 1);
      assertThat(metrics().bytesHeld()).isZero();
    }
  }
}
