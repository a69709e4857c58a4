package clients;

import static clients.Clients.newTopic;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a broker leaves behind when it is stopped: for Kafka's dump tool, and for itself. */
class RestartIT {
  private static final int RECORDS = 5000;

  private static RunningBroker broker;
  private static String topic;

  @BeforeAll
  static void fillAndStop() {
    broker = RunningBroker.start(BrokerSettings.defaults());
    topic =
        newTopic(
            broker,
            "left-behind",
            1,
            Map.of("segment.bytes", "1048576", "index.interval.bytes", "1000"));
    try (Producer<String, String> producer =
        Clients.producer(broker, Map.of("batch.size", 4000, "compression.type", "lz4"))) {
      IntStream.range(0, RECORDS)
          .mapToObj(
              i ->
                  producer.send(
                      new ProducerRecord<>(
                          topic, 0, 1_700_000_000_000L + i, "k" + i, "value " + noise(i))))
          .toList()
          .forEach(Clients::result);
    }
    ChildProcess.Finished stopped = broker.stop();
    assertThat(stopped.exitCode()).as("exit code after SIGTERM").isIn(0, 143);
  }

  @AfterAll
  static void close() {
    broker.close();
  }

  @Test
  void kafkasDumpToolReadsEverySegmentToItsEnd() {
    List<Path> segments = broker.segments(topic, 0);

    ChildProcess.Finished dumped = dump("--print-data-log", joined(segments));

    assertThat(segments).hasSizeGreaterThan(1);
    assertThat(dumped.out()).doesNotContain("isvalid: false").contains("compresscodec: lz4");
    assertThat(dumped.lines().stream().filter(line -> line.contains("payload: value")))
        .hasSize(RECORDS);
  }

  @Test
  void kafkasDumpToolFindsNothingWrongWithTheIndexes() throws IOException {
    try (Stream<Path> files = Files.list(broker.partitionDirectory(topic, 0))) {
      List<Path> indexes =
          files.filter(file -> file.toString().endsWith("index")).sorted().toList();
      ChildProcess.Finished dumped = dump("--print-data-log", joined(indexes));

      assertThat(indexes).hasSizeGreaterThan(3);
      assertThat(dumped.out())
          .contains("offset: ", "timestamp: ")
          .doesNotContain("Mismatches", "out of order", "invalid");
    }
  }

  @Test
  void aRestartFindsTopicsSettingsAndRecordsAsTheyWere() {
    try (RunningBroker again =
            RunningBroker.start(
                broker.settings().withDataDirectory(copyOf(broker.dataDirectory())));
        Admin admin = Clients.admin(again)) {
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);

      assertThat(Clients.result(admin.listTopics().names())).contains(topic);
      assertThat(
              Clients.result(admin.describeConfigs(List.of(resource)).all())
                  .get(resource)
                  .get("segment.bytes")
                  .value())
          .isEqualTo("1048576");
      assertThat(Clients.readAll(again, new TopicPartition(topic, 0)))
          .extracting(ConsumerRecord::key)
          .isEqualTo(IntStream.range(0, RECORDS).mapToObj(i -> "k" + i).toList());
      Clients.send(again, topic, "and on");
    }
  }

  private static Path copyOf(Path data) {
    Path copy = data.resolveSibling("copy");
    assertThat(ChildProcess.run(List.of("cp", "-r", data.toString(), copy.toString())).exitCode())
        .isZero();
    return copy;
  }

  private static ChildProcess.Finished dump(String how, String files) {
    return KafkaTools.run("DumpLogSegments", "--deep-iteration", how, "--files", files).succeeded();
  }

  private static String joined(List<Path> files) {
    return String.join(",", files.stream().map(Path::toString).toList());
  }

  /** Letters that do not compress to nothing, so that there is more than one segment. */
  private static String noise(int seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 400; i++) {
      text.append((char) ('!' + random.nextInt(90)));
    }
    return text.toString();
  }
}
