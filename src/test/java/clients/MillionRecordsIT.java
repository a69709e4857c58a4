package clients;

import static clients.Clients.newTopic;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedBroker.class)
class MillionRecordsIT {
  private static final int COUNT = 1_000_000;
  private static final int PARTITIONS = 6;

  private final RunningBroker broker;

  MillionRecordsIT(RunningBroker broker) {
    this.broker = broker;
  }

  @Test
  void readsBackEveryRecordInTheOrderInWhichItWasAcknowledged() {
    String topic = newTopic(broker, "million", PARTITIONS, Map.of());

    produce(topic);

    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
    int[] next = IntStream.range(0, PARTITIONS).toArray();
    int read = 0;
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      for (int emptyPolls = 0; read < COUNT && emptyPolls < 60; ) {
        int before = read;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          int number = next[record.partition()];
          next[record.partition()] += PARTITIONS;
          if (record.offset() != number / PARTITIONS || !holds(record, number)) {
            throw new AssertionError("expected record " + number + " but read " + record);
          }
          read++;
        }
        emptyPolls = read == before ? emptyPolls + 1 : 0;
      }
    }
    assertThat(read).isEqualTo(COUNT);
  }

  private void produce(String topic) {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicReference<String> wrong = new AtomicReference<>();
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all", "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < COUNT; i++) {
        long offset = i / PARTITIONS;
        var unused =
            producer.send(
                new ProducerRecord<>(topic, i % PARTITIONS, key(i), value(i)),
                (metadata, failure) -> {
                  acknowledged.incrementAndGet();
                  if (failure != null || metadata.offset() != offset) {
                    wrong.compareAndSet(null, "offset " + offset + ": " + metadata + " " + failure);
                  }
                });
      }
    }
    assertThat(wrong.get()).isNull();
    assertThat(acknowledged).hasValue(COUNT);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /** Different in each byte from one record to the next, and not the same length. */
  private static byte[] value(int number) {
    byte[] value = new byte[60 + number % 41];
    int mixed = number * 0x9E3779B1;
    for (int i = 0; i < value.length; i++) {
      mixed = Integer.rotateLeft(mixed, 5) ^ (mixed * 31 + i);
      value[i] = (byte) mixed;
    }
    return value;
  }

  private static boolean holds(ConsumerRecord<byte[], byte[]> record, int number) {
    return Arrays.equals(record.key(), key(number)) && Arrays.equals(record.value(), value(number));
  }
}
