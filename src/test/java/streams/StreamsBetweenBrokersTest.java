package streams;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.PartitionImage;
import actors.partition.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import streams.junit.GranaryTest;

/** Sinks and sources at one broker of three, on partitions that the three lead between them. */
@GranaryTest(brokers = 3, kafka = false, shared = false)
class StreamsBetweenBrokersTest {
  private static final int BROKERS = 3;
  private static final int DIES = 2;
  private static final int PARTITIONS = 6;
  private static final int RECORDS = 60_000;
  private static final int PATIENCE_SECONDS = 120;

  private final GranaryCluster cluster;
  private final Granary granary;
  private final ActorSystem<?> system;
  private String topic;

  StreamsBetweenBrokersTest(GranaryCluster cluster) {
    this.cluster = cluster;
    this.granary = cluster.broker(1);
    this.system = granary.system();
  }

  @AfterEach
  void threeBrokersAgain() {
    if (cluster.brokers().size() < BROKERS) {
      cluster.restart(DIES);
    }
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private void create(String name, int partitions, Map<String, String> configs) {
    cluster.createTopics(
        new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs));
    topic = name;
  }

  private List<PartitionImage> partitions() {
    return granary.node().metadata().topic(topic).orElseThrow().partitions();
  }

  private Subscription everything(int partitions) {
    return Subscriptions.assignmentFromBeginning(
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toArray(TopicPartition[]::new));
  }

  @Test
  void nothingIsLostDoubledOrReorderedWhenALeaderDiesMeanwhile() {
    create("numbers", PARTITIONS, Map.of("min.insync.replicas", "2"));
    assertThat(partitions()).extracting(PartitionImage::leader).contains(1, 2, 3);
    ProducerSettings<Integer, Integer> producer =
        ProducerSettings.create(granary, new IntegerSerializer(), new IntegerSerializer());
    ConsumerSettings<Integer, Integer> consumer =
        ConsumerSettings.create(granary, new IntegerDeserializer(), new IntegerDeserializer());
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger killedAt = new AtomicInteger();

    CompletionStage<List<ConsumerRecord<Integer, Integer>>> read =
        Consumer.plainSource(consumer, everything(PARTITIONS))
            .take(RECORDS)
            .runWith(Sink.seq(), system);
    CompletionStage<Done> written =
        Source.range(1, RECORDS)
            .map(
                number ->
                    ProducerMessage.single(
                        new ProducerRecord<>(topic, number % PARTITIONS, number, number)))
            .via(Producer.flexiFlow(producer))
            .runWith(
                Sink.foreach(
                    result -> {
                      if (acknowledged.incrementAndGet() == RECORDS / 2) {
                        killedAt.set(RECORDS / 2);
                        cluster.kill(DIES);
                      }
                    }),
                system);

    get(written);
    assertThat(acknowledged).hasValue(RECORDS);
    assertThat(killedAt).hasValue(RECORDS / 2);
    Map<Integer, List<Integer>> byPartition = new TreeMap<>();
    for (ConsumerRecord<Integer, Integer> record : get(read)) {
      byPartition
          .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
          .add(record.value());
    }
    for (int partition = 0; partition < PARTITIONS; partition++) {
      int of = partition;
      assertThat(byPartition.get(partition))
          .as("partition %d", partition)
          .isEqualTo(
              IntStream.rangeClosed(1, RECORDS)
                  .filter(number -> number % PARTITIONS == of)
                  .boxed()
                  .toList());
    }
  }

  @Test
  void theLargestBatchesPassToAndFro() {
    int size = 8 * 1024 * 1024;
    create("large", 3, Map.of("max.message.bytes", Integer.toString(size + 1024)));
    ProducerSettings<byte[], byte[]> producer =
        ProducerSettings.create(granary, new ByteArraySerializer(), new ByteArraySerializer());
    ConsumerSettings<byte[], byte[]> consumer =
        ConsumerSettings.create(granary, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    byte[] value = new byte[size];
    for (int i = 0; i < size; i++) {
      value[i] = (byte) (i * 31);
    }

    get(
        Source.range(0, 2)
            .map(partition -> new ProducerRecord<byte[], byte[]>(topic, partition, null, value))
            .runWith(Producer.plainSink(producer), system));
    List<ConsumerRecord<byte[], byte[]>> read =
        get(Consumer.plainSource(consumer, everything(3)).take(3).runWith(Sink.seq(), system));

    assertThat(partitions()).extracting(PartitionImage::leader).contains(2, 3);
    assertThat(read).extracting(ConsumerRecord::partition).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(read).allSatisfy(record -> assertThat(record.value()).isEqualTo(value));
  }

  @Test
  void readersAtTheEndAreToldOfMoreByWhoeverLeadsAndLeaveNothingBehind() {
    create("tailed", PARTITIONS, Map.of());
    Granary third = cluster.broker(3);
    ProducerSettings<Integer, Integer> producer =
        ProducerSettings.create(third, new IntegerSerializer(), new IntegerSerializer());
    ConsumerSettings<Integer, Integer> consumer =
        ConsumerSettings.create(granary, new IntegerDeserializer(), new IntegerDeserializer());
    var reading =
        Consumer.plainSource(consumer, everything(PARTITIONS))
            .map(ConsumerRecord::value)
            .runWith(TestSink.create(system), system);
    reading.request(2 * PARTITIONS);
    List<Integer> all = new ArrayList<>();

    for (int round = 0; round < 2; round++) {
      int first = round * PARTITIONS;
      get(
          Source.range(first, first + PARTITIONS - 1)
              .map(number -> new ProducerRecord<>(topic, number % PARTITIONS, number, number))
              .runWith(Producer.plainSink(producer), third.system()));
      for (int i = 0; i < PARTITIONS; i++) {
        all.add(reading.expectNext());
      }
    }

    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 2 * PARTITIONS).boxed().toList());
    int led = ledBy(3);
    Outcome<ActorRef<Replica.Command>> inUse = granary.node().leader(topic, led);
    assertThat(granary.node().leader(topic, led)).isEqualTo(inUse);
    reading.cancel();
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(() -> assertThat(granary.node().leader(topic, led)).isNotEqualTo(inUse));
  }

  private int ledBy(int broker) {
    return partitions().stream()
        .filter(partition -> partition.leader() == broker)
        .findFirst()
        .orElseThrow()
        .partition();
  }
}
