package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static streams.grpc.GrpcBroker.get;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
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
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.ProduceFailed;
import streams.Producer;
import streams.ProducerMeter;
import streams.ProducerSettings;
import streams.Subscription;
import streams.Subscriptions;

/** The stream API in an actor system that has nothing to do with the broker's. */
@ExtendWith(GrpcBroker.class)
@TestInstance(Lifecycle.PER_CLASS)
class RemoteClientTest {
  private static final int PARTITIONS = 4;

  private GrpcBroker.Running broker;
  private ActorTestKit elsewhere;
  private ActorSystem<?> system;
  private GranaryClient client;

  @BeforeAll
  void connect(GrpcBroker.Running running) {
    broker = running;
    elsewhere = Elsewhere.kit();
    system = elsewhere.system();
    client = get(GranaryClient.connect(system, "127.0.0.1:" + running.port()));
  }

  @AfterAll
  void close() {
    client.close();
    elsewhere.shutdownTestKit();
  }

  private static ProducerSettings<Integer, Integer> producer(GranaryClient to) {
    return to.producer(new IntegerSerializer(), new IntegerSerializer());
  }

  private static ConsumerSettings<Integer, Integer> consumer(GranaryClient of) {
    return of.consumer(new IntegerDeserializer(), new IntegerDeserializer());
  }

  private static Subscription everything(String topic, int partitions) {
    return Subscriptions.assignmentFromBeginning(
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toArray(TopicPartition[]::new));
  }

  private static List<Integer> valuesOf(
      List<ConsumerRecord<Integer, Integer>> records, int partition) {
    return records.stream()
        .filter(record -> record.partition() == partition)
        .map(ConsumerRecord::value)
        .toList();
  }

  private static void assertEachOnceInOrder(
      List<ConsumerRecord<Integer, Integer>> read, int count) {
    assertThat(read.stream().map(ConsumerRecord::value).sorted())
        .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
    for (int partition = 0; partition < PARTITIONS; partition++) {
      assertThat(valuesOf(read, partition)).isSorted();
    }
  }

  @Test
  void writesAndReadsAsABrokersProgramDoes() {
    int count = 20_000;
    String topic = broker.topic(PARTITIONS, Map.of());
    ProducerMeter meter = ProducerMeter.create();
    CompletionStage<List<ConsumerRecord<Integer, Integer>>> read =
        Consumer.plainSource(consumer(client), everything(topic, PARTITIONS))
            .take(count)
            .runWith(Sink.seq(), system);

    get(
        Source.range(0, count - 1)
            .map(i -> new ProducerRecord<>(topic, i % 16, i))
            .runWith(Producer.plainSink(producer(client).withMeter(meter)), system));

    assertEachOnceInOrder(get(read), count);
    assertThat(get(meter.metrics()).records()).isEqualTo(count);
  }

  @Test
  void carriesBatchesLargerThanAPiece() {
    String topic = broker.topic(1, Map.of());
    byte[] large = new byte[700_000];
    Arrays.fill(large, (byte) 7);

    get(
        Source.repeat(new ProducerRecord<byte[], byte[]>(topic, large))
            .take(5)
            .runWith(
                Producer.plainSink(
                    client.producer(new ByteArraySerializer(), new ByteArraySerializer())),
                system));
    List<ConsumerRecord<byte[], byte[]>> read =
        get(
            Consumer.plainSource(
                    client
                        .consumer(new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .withChunkBytes(1024),
                    everything(topic, 1))
                .take(5)
                .runWith(Sink.seq(), system));

    assertThat(read).allSatisfy(record -> assertThat(record.value()).isEqualTo(large));
  }

  @Test
  void failsAsABrokersProgramDoes() {
    CompletionStage<Done> written =
        Source.single(new ProducerRecord<>("not-there", 1, 1))
            .runWith(
                Producer.plainSink(producer(client).withTopicTimeout(Duration.ofMillis(1))),
                system);

    assertThatThrownBy(() -> get(written))
        .hasCauseInstanceOf(ProduceFailed.class)
        .hasMessageContaining("there is no such topic");
  }

  @Test
  void saysWhomItHasTriedInVain() {
    ActorTestKit hasty =
        ActorTestKit.create(
            "hasty",
            ConfigFactory.parseString(
                    "pekko.actor.provider = local, granary.client.connect-timeout = 300ms")
                .withFallback(ConfigFactory.load()));
    try {
      CompletionException failed =
          catchThrowableOfType(
              CompletionException.class,
              () -> get(GranaryClient.connect(hasty.system(), "127.0.0.1:1,127.0.0.1:2")));

      assertThat(failed.getCause())
          .isInstanceOf(NotConnected.class)
          .hasMessageContaining("127.0.0.1:1")
          .hasMessageContaining("127.0.0.1:2");
      assertThatThrownBy(() -> GranaryClient.connect(hasty.system(), "127.0.0.1"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("host:port");
    } finally {
      hasty.shutdownTestKit();
    }
  }

  @Test
  void losesAndDoublesNothingWhenConnectionsBreak() throws IOException {
    int count = 60_000;
    int breaks = 4;
    String topic = broker.topic(PARTITIONS, Map.of());
    List<GrpcServer> doors = new ArrayList<>();
    for (int i = 0; i <= breaks; i++) {
      doors.add(GrpcServer.start(broker.node()));
    }
    String endpoints =
        String.join(",", doors.stream().map(door -> "127.0.0.1:" + get(door.port())).toList());
    try (GranaryClient breaking = get(GranaryClient.connect(system, endpoints))) {
      AtomicInteger seen = new AtomicInteger();
      CompletionStage<List<ConsumerRecord<Integer, Integer>>> read =
          Consumer.plainSource(
                  consumer(breaking).withChunkBytes(4096).withChunksMax(PARTITIONS),
                  everything(topic, PARTITIONS))
              .take(count)
              .map(
                  record -> {
                    int number = seen.incrementAndGet();
                    if (number % (count / (breaks + 1)) == 0 && doors.size() > 1) {
                      var unused = doors.remove(0).stop();
                    }
                    return record;
                  })
              .runWith(Sink.seq(), system);

      get(
          Source.range(0, count - 1)
              .map(i -> new ProducerRecord<>(topic, i % 16, i))
              .runWith(
                  Producer.plainSink(
                      producer(breaking).withBatchBytes(4096).withBufferBytesMax(32 * 1024)),
                  system));

      assertEachOnceInOrder(get(read), count);
      assertThat(doors).hasSize(1);
    } finally {
      doors.forEach(door -> get(door.stop()));
    }
  }
}
