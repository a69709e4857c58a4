package actors.broker;

import static actors.broker.NodesFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import actors.partition.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerSettings;
import streams.Subscription;
import streams.Subscriptions;

/** Sinks and sources at one broker of three, on partitions that the three lead between them. */
class StreamsBetweenBrokersTest {
  private static final String TOPIC = "numbers";
  private static final int PARTITIONS = 6;
  private static final int RECORDS = 60_000;
  private static final int PATIENCE_SECONDS = 120;

  @TempDir Path root;
  private NodesFixture nodes;
  private GranaryNode node;

  @BeforeEach
  void threeBrokers() {
    nodes = new NodesFixture(root, 3, 3);
    for (int id = 1; id <= 3; id++) {
      nodes.start(id);
    }
    nodes.awaitOneCluster(1, 2, 3);
    for (int id = 1; id <= 3; id++) {
      get(nodes.node(id).whenStarted());
    }
    node = nodes.node(1);
    await().until(() -> IntStream.rangeClosed(1, 3).allMatch(node.metadata()::isActive));
  }

  @AfterEach
  void end() {
    nodes.close();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private void create(int partitions, Map<String, String> configs) {
    Outcome<TopicImage> created =
        get(
            AskPattern.<Controller.Command, Outcome<TopicImage>>ask(
                node.controller(),
                replyTo ->
                    new Controller.CreateTopic(
                        new TopicSpec(TOPIC, partitions, 3, Map.of(), configs), false, replyTo),
                Duration.ofSeconds(20),
                node.system().scheduler()));
    assertThat(created).isInstanceOf(Outcome.Accepted.class);
    await().until(() -> node.metadata().topic(TOPIC).isPresent());
  }

  private List<PartitionImage> partitions() {
    return node.metadata().topic(TOPIC).orElseThrow().partitions();
  }

  private static Subscription everything(int partitions) {
    return Subscriptions.assignmentFromBeginning(
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(TOPIC, partition))
            .toArray(TopicPartition[]::new));
  }

  @Test
  void nothingIsLostDoubledOrReorderedWhenALeaderDiesMeanwhile() {
    create(PARTITIONS, Map.of("min.insync.replicas", "2"));
    assertThat(partitions()).extracting(PartitionImage::leader).contains(1, 2, 3);
    ProducerSettings<Integer, Integer> producer =
        ProducerSettings.create(node, new IntegerSerializer(), new IntegerSerializer());
    ConsumerSettings<Integer, Integer> consumer =
        ConsumerSettings.create(node, new IntegerDeserializer(), new IntegerDeserializer());
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger killedAt = new AtomicInteger();

    CompletionStage<List<ConsumerRecord<Integer, Integer>>> read =
        Consumer.plainSource(consumer, everything(PARTITIONS))
            .take(RECORDS)
            .runWith(Sink.seq(), node.system());
    CompletionStage<Done> written =
        Source.range(1, RECORDS)
            .map(
                number ->
                    ProducerMessage.single(
                        new ProducerRecord<>(TOPIC, number % PARTITIONS, number, number)))
            .via(Producer.flexiFlow(producer))
            .runWith(
                Sink.foreach(
                    result -> {
                      if (acknowledged.incrementAndGet() == RECORDS / 2) {
                        killedAt.set(RECORDS / 2);
                        nodes.kill(2);
                      }
                    }),
                node.system());

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
    create(3, Map.of("max.message.bytes", Integer.toString(size + 1024)));
    ProducerSettings<byte[], byte[]> producer =
        ProducerSettings.create(node, new ByteArraySerializer(), new ByteArraySerializer());
    ConsumerSettings<byte[], byte[]> consumer =
        ConsumerSettings.create(node, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    byte[] value = new byte[size];
    for (int i = 0; i < size; i++) {
      value[i] = (byte) (i * 31);
    }

    get(
        Source.range(0, 2)
            .map(partition -> new ProducerRecord<byte[], byte[]>(TOPIC, partition, null, value))
            .runWith(Producer.plainSink(producer), node.system()));
    List<ConsumerRecord<byte[], byte[]>> read =
        get(
            Consumer.plainSource(consumer, everything(3))
                .take(3)
                .runWith(Sink.seq(), node.system()));

    assertThat(partitions()).extracting(PartitionImage::leader).contains(2, 3);
    assertThat(read).extracting(ConsumerRecord::partition).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(read).allSatisfy(record -> assertThat(record.value()).isEqualTo(value));
  }

  @Test
  void readersAtTheEndAreToldOfMoreByWhoeverLeadsAndLeaveNothingBehind() {
    create(PARTITIONS, Map.of());
    ProducerSettings<Integer, Integer> producer =
        ProducerSettings.create(nodes.node(3), new IntegerSerializer(), new IntegerSerializer());
    ConsumerSettings<Integer, Integer> consumer =
        ConsumerSettings.create(node, new IntegerDeserializer(), new IntegerDeserializer());
    var reading =
        Consumer.plainSource(consumer, everything(PARTITIONS))
            .map(ConsumerRecord::value)
            .runWith(TestSink.create(node.system()), node.system());
    reading.request(2 * PARTITIONS);
    List<Integer> all = new ArrayList<>();

    for (int round = 0; round < 2; round++) {
      int first = round * PARTITIONS;
      get(
          Source.range(first, first + PARTITIONS - 1)
              .map(number -> new ProducerRecord<>(TOPIC, number % PARTITIONS, number, number))
              .runWith(Producer.plainSink(producer), nodes.node(3).system()));
      for (int i = 0; i < PARTITIONS; i++) {
        all.add(reading.expectNext());
      }
    }

    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 2 * PARTITIONS).boxed().toList());
    int led = ledBy(3);
    Outcome<ActorRef<Replica.Command>> inUse = node.leader(TOPIC, led);
    assertThat(node.leader(TOPIC, led)).isEqualTo(inUse);
    reading.cancel();
    await().untilAsserted(() -> assertThat(node.leader(TOPIC, led)).isNotEqualTo(inUse));
  }

  private int ledBy(int broker) {
    return partitions().stream()
        .filter(partition -> partition.leader() == broker)
        .findFirst()
        .orElseThrow()
        .partition();
  }
}
