package clients;

import static clients.Clients.newTopic;
import static clients.Clients.poll;
import static clients.Clients.producer;
import static clients.Clients.readAll;
import static clients.Clients.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedBroker.class)
class ProducerIT {
  private final RunningBroker broker;

  ProducerIT(RunningBroker broker) {
    this.broker = broker;
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "all"})
  void callsBackForEachRecordInOrderWhateverTheAcknowledgement(String acks) {
    String topic = newTopic(broker, "acks");
    List<Long> offsets = Collections.synchronizedList(new ArrayList<>());
    List<Exception> failures = Collections.synchronizedList(new ArrayList<>());

    try (Producer<String, String> producer =
        producer(broker, Map.of("acks", acks, "enable.idempotence", acks.equals("all")))) {
      for (int i = 0; i < 500; i++) {
        var unused =
            producer.send(
                new ProducerRecord<>(topic, "k" + i, "v" + i),
                (metadata, failure) -> {
                  if (failure == null) {
                    offsets.add(metadata.offset());
                  } else {
                    failures.add(failure);
                  }
                });
      }
    }

    assertThat(failures).isEmpty();
    assertThat(offsets)
        .isEqualTo(
            IntStream.range(0, 500).mapToObj(i -> acks.equals("0") ? -1L : (long) i).toList());
    try (Consumer<String, String> consumer = Clients.consumer(broker, Map.of())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      assertThat(poll(consumer, 500))
          .extracting(ConsumerRecord::value)
          .isEqualTo(IntStream.range(0, 500).mapToObj(i -> "v" + i).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void storesAndReturnsBatchesAsTheProducerCompressedThem(String compression) {
    String topic = newTopic(broker, "compression");
    List<String> values =
        IntStream.range(0, 2000).mapToObj(i -> "the same words, number " + i % 7).toList();

    send(topic, values, Map.of("compression.type", compression, "linger.ms", 20));

    assertThat(readAll(broker, new TopicPartition(topic, 0)))
        .extracting(ConsumerRecord::value)
        .isEqualTo(values);
    assertThat(StoredBatches.of(broker, topic, 0))
        .isNotEmpty()
        .allMatch(batch -> batch.compression() == CompressionType.forName(compression));
  }

  @ParameterizedTest
  @CsvSource({
    "uncompressed, gzip, none",
    "zstd, none, zstd",
    "lz4, snappy, lz4",
    "gzip, zstd, gzip",
    "snappy, none, snappy",
    "producer, lz4, lz4"
  })
  void compressesAsTheTopicSays(String topicSays, String producerSends, String stored) {
    String topic = newTopic(broker, "recompress", 1, Map.of("compression.type", topicSays));
    List<String> values = IntStream.range(0, 300).mapToObj(i -> "value " + i).toList();

    send(topic, values, Map.of("compression.type", producerSends, "linger.ms", 20));

    assertThat(readAll(broker, new TopicPartition(topic, 0)))
        .extracting(ConsumerRecord::value)
        .isEqualTo(values);
    assertThat(StoredBatches.of(broker, topic, 0))
        .allMatch(batch -> batch.compression() == CompressionType.forName(stored))
        .allMatch(StoredBatches.Batch::valid);
  }

  @Test
  void keepsHeadersAndTellsNullFromEmpty() {
    String topic = newTopic(broker, "headers");
    byte[] bytes = "hé".getBytes(StandardCharsets.UTF_8);
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      ProducerRecord<String, String> withHeaders = new ProducerRecord<>(topic, 0, null, null);
      withHeaders.headers().add("twice", bytes).add("twice", new byte[0]).add("nothing", null);
      result(producer.send(withHeaders));
      result(producer.send(new ProducerRecord<>(topic, 0, "", "")));
      result(producer.send(new ProducerRecord<>(topic, 0, "key", null)));
    }

    List<ConsumerRecord<String, String>> records = readAll(broker, new TopicPartition(topic, 0));

    assertThat(records).extracting(ConsumerRecord::key).containsExactly(null, "", "key");
    assertThat(records).extracting(ConsumerRecord::value).containsExactly(null, "", null);
    assertThat(records.get(0).headers())
        .extracting(Header::key)
        .containsExactly("twice", "twice", "nothing");
    assertThat(records.get(0).headers())
        .extracting(Header::value)
        .containsExactly(bytes, new byte[0], null);
    assertThat(records.get(1).headers()).isEmpty();
  }

  @Test
  void keepsTheProducersTimestampUnlessTheTopicSaysOtherwise() {
    long then = System.currentTimeMillis() - 86_400_000;
    String created = newTopic(broker, "create-time");
    String appended =
        newTopic(broker, "append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));

    RecordMetadata asCreated;
    RecordMetadata asAppended;
    long before = System.currentTimeMillis();
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      asCreated = result(producer.send(new ProducerRecord<>(created, 0, then, "k", "v")));
      asAppended = result(producer.send(new ProducerRecord<>(appended, 0, then, "k", "v")));
    }

    assertThat(asCreated.timestamp()).isEqualTo(then);
    assertThat(asAppended.timestamp()).isGreaterThanOrEqualTo(before);
    ConsumerRecord<String, String> readCreated =
        readAll(broker, new TopicPartition(created, 0)).get(0);
    assertThat(readCreated.timestamp()).isEqualTo(then);
    assertThat(readCreated.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    ConsumerRecord<String, String> readAppended =
        readAll(broker, new TopicPartition(appended, 0)).get(0);
    assertThat(readAppended.timestamp()).isEqualTo(asAppended.timestamp());
    assertThat(readAppended.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
  }

  @Test
  void refusesTimestampsOutsideTheTopicsBounds() {
    String topic =
        newTopic(
            broker,
            "time-bounds",
            1,
            Map.of(
                "message.timestamp.before.max.ms",
                "3600000",
                "message.timestamp.after.max.ms",
                "60000"));
    long now = System.currentTimeMillis();
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      for (long absurd : Stream.of(0L, now - 7_200_000, now + 7_200_000, Long.MAX_VALUE).toList()) {
        assertThatThrownBy(
                () -> result(producer.send(new ProducerRecord<>(topic, 0, absurd, "k", "v"))))
            .as("timestamp %d", absurd)
            .isInstanceOf(InvalidTimestampException.class);
      }

      assertThat(result(producer.send(new ProducerRecord<>(topic, 0, now, "k", "v"))).offset())
          .isZero();
    }
  }

  @Test
  void refusesABatchAboveMaxMessageBytesAndTakesTheNext() {
    String topic = newTopic(broker, "large", 1, Map.of("max.message.bytes", "10000"));
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      assertThatThrownBy(
              () -> result(producer.send(new ProducerRecord<>(topic, 0, "k", "x".repeat(20_000)))))
          .isInstanceOf(RecordTooLargeException.class);

      assertThat(
              result(producer.send(new ProducerRecord<>(topic, 0, "k", "x".repeat(5_000))))
                  .offset())
          .isZero();
    }
  }

  @Test
  void takesARecordOfEightMebibytesWhereTheTopicAllowsIt() {
    String topic = newTopic(broker, "huge", 1, Map.of("max.message.bytes", "9000000"));
    String huge = "granary!".repeat(1 << 20);

    send(topic, List.of(huge), Map.of("max.request.size", 9_000_000));

    assertThat(readAll(broker, new TopicPartition(topic, 0)).get(0).value()).isEqualTo(huge);
  }

  @Test
  void createsAnUnknownTopicForItsFirstRecord() {
    String topic = Clients.unusedName("auto-created");

    send(topic, List.of("first"), Map.of());

    assertThat(readAll(broker, new TopicPartition(topic, 0)))
        .extracting(ConsumerRecord::value)
        .containsExactly("first");
    try (Admin admin = Clients.admin(broker)) {
      assertThat(result(admin.listTopics().names())).contains(topic);
    }
  }

  @Test
  void refusesAnIllegalTopicName() {
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      assertThatThrownBy(() -> result(producer.send(new ProducerRecord<>("not a name!", "v"))))
          .isInstanceOf(InvalidTopicException.class);
    }
  }

  @Test
  void spreadsKeysAsKafkasClientsDoAndKeepsTheOrderOfEach() {
    String topic = newTopic(broker, "keyed", 6, Map.of());
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      IntStream.range(0, 3000)
          .mapToObj(
              i -> producer.send(new ProducerRecord<>(topic, "key" + i % 50, Integer.toString(i))))
          .toList()
          .forEach(Clients::result);
    }

    TopicPartition[] partitions =
        IntStream.range(0, 6)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toArray(TopicPartition[]::new);
    List<ConsumerRecord<String, String>> records = readAll(broker, partitions);

    assertThat(records).hasSize(3000);
    for (int k = 0; k < 50; k++) {
      String key = "key" + k;
      List<ConsumerRecord<String, String>> ofKey =
          records.stream().filter(record -> record.key().equals(key)).toList();
      assertThat(ofKey)
          .extracting(ConsumerRecord::partition)
          .containsOnly(ofKey.get(0).partition());
      assertThat(ofKey)
          .extracting(record -> Integer.parseInt(record.value()))
          .hasSize(60)
          .isSorted();
    }
  }

  private void send(String topic, List<String> values, Map<String, Object> settings) {
    try (Producer<String, String> producer = producer(broker, settings)) {
      List<Future<RecordMetadata>> sent =
          values.stream()
              .map(value -> producer.send(new ProducerRecord<>(topic, 0, "k", value)))
              .toList();
      producer.flush();
      sent.forEach(Clients::result);
    }
  }
}
