package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three brokers in processes of their own, and a byte that changes on the disk of one of them. */
class DamagedLogIT {
  private static final String TOPIC = "damaged";
  private static final int RECORDS = 20_000;
  private static final int BATCH_HEADER_BYTES = 61;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static RunningCluster cluster;

  @BeforeAll
  static void prepare() {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "only Granary forms from a cluster file");
    cluster = RunningCluster.prepared();
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void whatIsDamagedOnTheLeaderIsReadFromAnotherAndMended() throws IOException {
    Random random = new Random();
    cluster.start(random);
    cluster.createTopic(TOPIC, 1);
    sendNumbers(0, RECORDS).forEach(Clients::result);
    // What a process has written itself it takes to be as it was for a while.
    cluster.stopAll();
    cluster.start(random);
    cluster.awaitInSync(TOPIC);
    ClusterNode harmed = cluster.leader(TOPIC, 0);
    flipInTheMiddle(harmed);

    List<Future<RecordMetadata>> later = new ArrayList<>();
    List<Long> read = new ArrayList<>();
    try (Consumer<Long, Long> consumer = consumer()) {
      while (read.size() < 2 * RECORDS) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
        if (later.isEmpty()) {
          later.addAll(sendNumbers(RECORDS, 2 * RECORDS));
        }
      }
    }

    assertThat(read).isEqualTo(LongStream.range(0, 2 * RECORDS).boxed().toList());
    later.forEach(Clients::result);
    await("three equal logs")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              byte[] first = cluster.node(1).log(TOPIC, 0);
              assertThat(cluster.node(2).log(TOPIC, 0)).isEqualTo(first);
              assertThat(cluster.node(3).log(TOPIC, 0)).isEqualTo(first);
            });
    cluster.awaitInSync(TOPIC);
    assertThat(harmed.said()).contains("is damaged").contains("where it was damaged");
    assertThat(cluster.leader(TOPIC, 0)).isNotEqualTo(harmed);
    cluster.assertUnharmed();
  }

  private static List<Future<RecordMetadata>> sendNumbers(long from, long to) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("acks", "all");
    settings.put("batch.size", 4096);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (Producer<Long, Long> producer =
        new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
      for (long number = from; number < to; number++) {
        sent.add(producer.send(new ProducerRecord<>(TOPIC, 0, number, number)));
      }
    }
    return sent;
  }

  private static Consumer<Long, Long> consumer() {
    Consumer<Long, Long> consumer =
        new KafkaConsumer<>(
            cluster.clientSettings(), new LongDeserializer(), new LongDeserializer());
    List<TopicPartition> partitions = List.of(new TopicPartition(TOPIC, 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /** A bit of a record in a batch a third into the segment. */
  private static void flipInTheMiddle(ClusterNode node) throws IOException {
    Path segment = segment(node);
    try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
      long batch = 0;
      while (batch < file.length() / 3) {
        file.seek(batch + Long.BYTES);
        batch += Long.BYTES + Integer.BYTES + file.readInt();
      }
      long position = batch + BATCH_HEADER_BYTES + 5;
      file.seek(position);
      int before = file.read();
      file.seek(position);
      file.write(before ^ 0x04);
    }
  }

  private static Path segment(ClusterNode node) throws IOException {
    Path directory = node.data().resolve("logs").resolve(TOPIC + "-0");
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}
