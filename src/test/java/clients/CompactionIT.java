package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A compacted topic as Kafka's clients see it. */
class CompactionIT {
  private static final int KEYS = 100;
  private static final int RECORDS = 20_000;
  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy",
          "compact",
          "segment.ms",
          "500",
          "min.cleanable.dirty.ratio",
          "0.01",
          "file.delete.delay.ms",
          "1000");

  private static RunningBroker broker;

  @BeforeAll
  static void start() {
    broker = RunningBroker.start(BrokerSettings.defaults().with("log.cleaner.backoff.ms", "200"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void consumersFindTheLastValueOfEachKey() {
    String topic = newTopic(broker, "profiles", 1, COMPACTED);
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<String, String> expected = new LinkedHashMap<>();
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (Producer<String, String> producer =
        Clients.producer(broker, Map.of("compression.type", "lz4", "batch.size", 2_000))) {
      for (int i = 0; i < RECORDS; i++) {
        String key = "key-" + i * 31 % KEYS;
        String value = i % 7 == 0 ? null : "value-" + i;
        sent.add(producer.send(new ProducerRecord<>(topic, key, value)));
        if (value == null) {
          expected.remove(key);
        } else {
          expected.put(key, value);
        }
      }
      sent.forEach(Clients::result);
    }

    // What is left is little more than one record to a key; when that is so is up to the cleaner.
    await("the topic is compacted")
        .atMost(Clients.PATIENCE)
        .until(() -> read(partition).size() <= KEYS);

    List<ConsumerRecord<String, String>> records = read(partition);
    Map<String, String> found = new LinkedHashMap<>();
    long offset = -1;
    for (ConsumerRecord<String, String> record : records) {
      assertThat(record.offset()).isGreaterThan(offset);
      offset = record.offset();
      if (record.value() != null) {
        found.put(record.key(), record.value());
      }
    }
    assertThat(found).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(result(sent.get(RECORDS - 1)).offset()).isEqualTo(RECORDS - 1);
    broker.kill9();
    broker.restart();
    assertThat(read(partition))
        .extracting(ConsumerRecord::offset)
        .containsExactlyElementsOf(records.stream().map(ConsumerRecord::offset).toList());
  }

  @Test
  void aRecordWithoutAKeyIsRefused() {
    String topic = newTopic(broker, "keyed", 1, COMPACTED);
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      Future<RecordMetadata> refused = producer.send(new ProducerRecord<>(topic, null, "lost"));

      assertThatThrownBy(() -> result(refused)).isInstanceOf(InvalidRecordException.class);
    }
  }

  /** From the beginning to the end that the partition had at first. */
  private static List<ConsumerRecord<String, String>> read(TopicPartition partition) {
    try (Consumer<String, String> consumer = Clients.consumer(broker, Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<String, String>> records = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      return records;
    }
  }
}
