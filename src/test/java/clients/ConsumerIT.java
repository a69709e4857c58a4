package clients;

import static clients.Clients.consumer;
import static clients.Clients.newTopic;
import static clients.Clients.poll;
import static clients.Clients.producer;
import static clients.Clients.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedBroker.class)
class ConsumerIT {
  private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;

  private final RunningBroker broker;

  ConsumerIT(RunningBroker broker) {
    this.broker = broker;
  }

  @Nested
  class WithAHundredRecords {
    private final TopicPartition partition = filled(100);

    @Test
    void readsFromAnySoughtOffset() {
      try (Consumer<String, String> consumer = consumer(broker, Map.of())) {
        consumer.assign(List.of(partition));

        for (int offset : new int[] {40, 99, 0, 7}) {
          consumer.seek(partition, offset);
          ConsumerRecord<String, String> first = poll(consumer, 1, 100 - offset).get(0);
          assertThat(first.offset()).isEqualTo(offset);
          assertThat(first.value()).isEqualTo("v" + offset);
        }
      }
    }

    @Test
    void readsOneBatchAtATimeAndStillInOrder() {
      try (Consumer<String, String> consumer = consumer(broker, Map.of("max.poll.records", 7))) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));

        assertThat(Clients.poll(consumer, 100))
            .extracting(ConsumerRecord::offset)
            .isEqualTo(IntStream.range(0, 100).mapToObj(i -> (long) i).toList());
      }
    }

    @Test
    void seesWhatIsProducedAfterItSoughtTheEnd() {
      try (Consumer<String, String> consumer = consumer(broker, Map.of())) {
        consumer.assign(List.of(partition));
        consumer.seekToEnd(List.of(partition));
        assertThat(consumer.position(partition)).isEqualTo(100);

        produce(partition, 100, 1);

        assertThat(Clients.poll(consumer, 1).get(0).value()).isEqualTo("v100");
      }
    }

    @Test
    void knowsWhereTheLogBeginsAndEnds() {
      try (Consumer<String, String> consumer = consumer(broker, Map.of())) {
        assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
        assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
      }
    }

    @Test
    void findsOffsetsByTimestamp() {
      try (Consumer<String, String> consumer = consumer(broker, Map.of())) {
        assertThat(at(consumer, FIRST_TIMESTAMP + 50_000).offset()).isEqualTo(50);
        assertThat(at(consumer, FIRST_TIMESTAMP + 50_001).offset()).isEqualTo(51);
        assertThat(at(consumer, FIRST_TIMESTAMP + 50_001).timestamp())
            .isEqualTo(FIRST_TIMESTAMP + 51_000);
        assertThat(at(consumer, 0).offset()).isZero();
        assertThat(at(consumer, FIRST_TIMESTAMP + 99_001)).isNull();
      }
    }

    @Test
    void findsTheRecordWithTheGreatestTimestamp() {
      try (Producer<String, String> producer = producer(broker, Map.of())) {
        long later = FIRST_TIMESTAMP + 1_000_000;
        result(producer.send(record(partition, later, "latest")));
        result(producer.send(record(partition, later - 1, "last")));
      }
      try (Admin admin = Clients.admin(broker)) {
        assertThat(
                result(
                        admin
                            .listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                            .partitionResult(partition))
                    .offset())
            .isEqualTo(100);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"read_committed", "read_uncommitted"})
    void readsRecordsOfNoTransactionAtEitherIsolation(String isolation) {
      try (Consumer<String, String> consumer =
          consumer(broker, Map.of("isolation.level", isolation))) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));

        assertThat(Clients.poll(consumer, 100)).hasSize(100);
        assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 100L);
      }
    }

    @ParameterizedTest
    @ValueSource(longs = {101, 1_000_000, Long.MAX_VALUE})
    void isToldThatAnOffsetIsOutOfRange(long offset) {
      try (Consumer<String, String> consumer =
          consumer(broker, Map.of("auto.offset.reset", "none"))) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);

        assertThatThrownBy(() -> Clients.poll(consumer, 1))
            .isInstanceOf(OffsetOutOfRangeException.class);
      }
    }

    @Test
    void startsOverWhereItsResetPolicySaysSo() {
      try (Consumer<String, String> consumer =
          consumer(broker, Map.of("auto.offset.reset", "earliest"))) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, 5000);

        assertThat(Clients.poll(consumer, 100).get(0).offset()).isZero();
      }
    }

    private OffsetAndTimestamp at(Consumer<String, String> consumer, long timestamp) {
      return consumer.offsetsForTimes(Map.of(partition, timestamp)).get(partition);
    }

    /** Polls for at least one of the records that remain. */
    private List<ConsumerRecord<String, String>> poll(
        Consumer<String, String> consumer, int atLeast, int remaining) {
      List<ConsumerRecord<String, String>> all = Clients.poll(consumer, remaining);
      assertThat(all).hasSizeGreaterThanOrEqualTo(atLeast);
      return all;
    }
  }

  @Test
  void isWokenByAnAppendLongBeforeItsWaitEnds() throws Exception {
    TopicPartition partition = new TopicPartition(newTopic(broker, "long-poll"), 0);
    Duration wait = Duration.ofMinutes(10);
    try (Consumer<String, String> consumer =
        consumer(
            broker,
            Map.of(
                "fetch.max.wait.ms",
                (int) wait.toMillis(),
                "request.timeout.ms",
                (int) wait.toMillis() + 1000))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      CompletableFuture<String> received =
          CompletableFuture.supplyAsync(() -> poll(consumer, 1).get(0).value());

      produce(partition, 0, 1);

      assertThat(received.get(Clients.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("v0");
      consumer.close(CloseOptions.timeout(Duration.ZERO)); // does not wait for the next long poll
    }
  }

  @Test
  void readsARecordLargerThanItsFetchSize() {
    TopicPartition partition = new TopicPartition(newTopic(broker, "small-fetch"), 0);
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      result(producer.send(record(partition, FIRST_TIMESTAMP, "x".repeat(100_000))));
      result(producer.send(record(partition, FIRST_TIMESTAMP, "small")));
    }
    try (Consumer<String, String> consumer =
        consumer(broker, Map.of("max.partition.fetch.bytes", 1000, "fetch.max.bytes", 1000))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));

      assertThat(poll(consumer, 2).get(1).value()).isEqualTo("small");
    }
  }

  @Test
  void followsManyPartitionsInOneSession() throws ExecutionException, InterruptedException {
    String topic = newTopic(broker, "session", 20, Map.of());
    List<TopicPartition> partitions =
        IntStream.range(0, 20).mapToObj(p -> new TopicPartition(topic, p)).toList();
    try (Consumer<String, String> consumer = consumer(broker, Map.of("fetch.max.wait.ms", 50));
        Producer<String, String> producer = producer(broker, Map.of())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int round = 0; round < 30; round++) {
        // Each round another few partitions have news, as in an incremental fetch session.
        for (int p = round % 3; p < 20; p += 3) {
          producer.send(record(partitions.get(p), FIRST_TIMESTAMP, "r" + round)).get();
        }
        int expected = (int) IntStream.range(0, 20).filter(p -> p % 3 == 0).count();
        expected = round % 3 == 2 ? expected - 1 : expected;
        assertThat(poll(consumer, expected))
            .extracting(ConsumerRecord::value)
            .containsOnly("r" + round);
      }

      consumer.pause(partitions.subList(1, 20));
      producer.send(record(partitions.get(1), FIRST_TIMESTAMP, "unwanted")).get();
      producer.send(record(partitions.get(0), FIRST_TIMESTAMP, "wanted")).get();
      assertThat(poll(consumer, 1).get(0).value()).isEqualTo("wanted");
      consumer.resume(partitions);
      assertThat(poll(consumer, 1).get(0).value()).isEqualTo("unwanted");
    }
  }

  private TopicPartition filled(int count) {
    TopicPartition partition = new TopicPartition(newTopic(broker, "filled"), 0);
    produce(partition, 0, count);
    return partition;
  }

  /** One record a second from {@link #FIRST_TIMESTAMP} on, in several batches. */
  private void produce(TopicPartition partition, int first, int count) {
    try (Producer<String, String> producer = producer(broker, Map.of("batch.size", 300))) {
      IntStream.range(first, first + count)
          .mapToObj(i -> producer.send(record(partition, FIRST_TIMESTAMP + i * 1000L, "v" + i)))
          .toList()
          .forEach(Clients::result);
    }
  }

  private static ProducerRecord<String, String> record(
      TopicPartition partition, long timestamp, String value) {
    return new ProducerRecord<>(partition.topic(), partition.partition(), timestamp, "k", value);
  }
}
