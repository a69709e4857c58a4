package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own Java clients, and what tests do with them again and again. */
final class Clients {
  /** For whatever a broker is asked: generous, since the machine may be busy. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger TOPICS = new AtomicInteger();

  private Clients() {}

  static Producer<String, String> producer(RunningBroker broker, Map<String, Object> settings) {
    return new KafkaProducer<>(
        with(broker, settings), new StringSerializer(), new StringSerializer());
  }

  static Consumer<String, String> consumer(RunningBroker broker, Map<String, Object> settings) {
    return new KafkaConsumer<>(
        with(broker, settings), new StringDeserializer(), new StringDeserializer());
  }

  static Admin admin(RunningBroker broker) {
    return Admin.create(with(broker, Map.of()));
  }

  /** A topic that no other test has. */
  static String newTopic(
      RunningBroker broker, String name, int partitions, Map<String, String> configs) {
    String topic = unusedName(name);
    try (Admin admin = admin(broker)) {
      result(
          admin
              .createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
              .all());
      awaitServed(admin, topic, partitions);
    }
    return topic;
  }

  /** Asks each partition's leader something, which only one that serves can answer. */
  private static void awaitServed(Admin admin, String topic, int partitions) {
    Map<TopicPartition, OffsetSpec> question = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      question.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    await("every partition of " + topic)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .ignoreException(UnknownTopicOrPartitionException.class)
        .until(() -> result(admin.listOffsets(question).all()).size() == partitions);
  }

  static String newTopic(RunningBroker broker, String name) {
    return newTopic(broker, name, 1, Map.of());
  }

  static String unusedName(String name) {
    return name + "-" + TOPICS.incrementAndGet();
  }

  /** The result; a failure as the exception that the broker's answer was made into. */
  static <T> T result(Future<T> future) {
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer in " + PATIENCE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends one value to partition 0, and waits until it is acknowledged. */
  static void send(RunningBroker broker, String topic, String value) {
    try (Producer<String, String> producer = producer(broker, Map.of())) {
      result(producer.send(new ProducerRecord<>(topic, 0, null, value)));
    }
  }

  /** Everything that the partitions hold now. */
  static List<ConsumerRecord<String, String>> readAll(
      RunningBroker broker, TopicPartition... partitions) {
    try (Consumer<String, String> consumer = consumer(broker, Map.of())) {
      List<TopicPartition> all = List.of(partitions);
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long end = consumer.endOffsets(all).values().stream().mapToLong(Long::longValue).sum();
      long begin =
          consumer.beginningOffsets(all).values().stream().mapToLong(Long::longValue).sum();
      return poll(consumer, (int) (end - begin));
    }
  }

  /** Polls until there are this many, and fails if they do not come. */
  static List<ConsumerRecord<String, String>> poll(Consumer<String, String> consumer, int count) {
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (records.size() < count && System.nanoTime() < end) {
      consumer.poll(Duration.ofMillis(500)).forEach(records::add);
    }
    assertThat(records).as("records polled").hasSize(count);
    return records;
  }

  private static Map<String, Object> with(RunningBroker broker, Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("bootstrap.servers", broker.bootstrap());
    all.putIfAbsent("default.api.timeout.ms", (int) PATIENCE.toMillis());
    return all;
  }
}
