package clients;

import static clients.Clients.newTopic;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedBroker.class)
class KafkaToolsIT {
  private final RunningBroker broker;

  KafkaToolsIT(RunningBroker broker) {
    this.broker = broker;
  }

  @Test
  void consoleConsumerPrintsWhatConsoleProducerWasGiven() {
    String topic = newTopic(broker, "console");
    String lines =
        IntStream.range(0, 1000)
            .mapToObj(i -> "k%d=ü%d%n".formatted(i, i))
            .collect(Collectors.joining());

    KafkaTools.runWith(
            lines,
            "ConsoleProducer",
            "--bootstrap-server",
            broker.bootstrap(),
            "--topic",
            topic,
            "--reader-property",
            "parse.key=true",
            "--reader-property",
            "key.separator==",
            "--compression-codec",
            "lz4")
        .succeeded();
    ChildProcess.Finished all = consume(topic, "earliest", 1000);
    ChildProcess.Finished last = consume(topic, "990", 10);

    assertThat(all.out()).isEqualTo(lines);
    assertThat(last.lines()).isEqualTo(lines.lines().skip(990).toList());
  }

  @Test
  void performanceToolsWriteAndReadAHundredThousandRecords() {
    String topic = newTopic(broker, "performance");

    ChildProcess.Finished written =
        KafkaTools.run(
                "ProducerPerformance",
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic",
                topic,
                "--num-records",
                "100000",
                "--record-size",
                "100",
                "--throughput",
                "-1",
                "--command-property",
                "acks=all")
            .succeeded();

    assertThat(written.out()).contains("100000 records sent");
    assertThat(written.said()).doesNotContain("Exception");
    assertThat(consume(topic, "99990", 10).lines()).hasSize(10);
  }

  @Test
  void topicCommandCreatesListsDescribesAndDeletes() {
    String topic = unusedName("by-command");

    topics("--create", "--topic", topic, "--partitions", "3", "--config", "retention.ms=1234");
    ChildProcess.Finished described = topics("--describe", "--topic", topic);

    assertThat(topics("--list").lines()).contains(topic);
    assertThat(described.out())
        .contains("PartitionCount: 3", "ReplicationFactor: 1", "retention.ms=1234")
        .contains("Partition: 2\tLeader: 1\tReplicas: 1\tIsr: 1");
    topics("--delete", "--topic", topic);
    assertThat(topics("--list").lines()).doesNotContain(topic);
  }

  @Test
  void getOffsetShellTellsTheEndsOfAllPartitions() {
    String topic = newTopic(broker, "offsets", 2, Map.of());
    Clients.send(broker, topic, "one");
    Clients.send(broker, topic, "two");

    assertThat(offsets(topic, "latest")).containsExactly(topic + ":0:2", topic + ":1:0");
    assertThat(offsets(topic, "earliest")).containsExactly(topic + ":0:0", topic + ":1:0");
    assertThat(offsets(topic, "max-timestamp").get(0)).isEqualTo(topic + ":0:1");
  }

  @Test
  void deleteRecordsCommandMovesTheBeginningOfALog(@TempDir Path files) throws IOException {
    String topic = newTopic(broker, "trimmed");
    for (String value : List.of("one", "two", "three")) {
      Clients.send(broker, topic, value);
    }
    Path offsets = files.resolve("offsets.json");
    Files.writeString(
        offsets,
        "{\"partitions\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":2}],\"version\":1}"
            .formatted(topic));

    ChildProcess.Finished said =
        KafkaTools.run(
                "DeleteRecordsCommand",
                "--bootstrap-server",
                broker.bootstrap(),
                "--offset-json-file",
                offsets.toString())
            .succeeded();

    assertThat(said.out()).contains("partition: " + topic + "-0\tlow_watermark: 2");
    assertThat(offsets(topic, "earliest")).containsExactly(topic + ":0:2");
  }

  @Test
  void logDirsCommandTellsWhereReplicasLieAndHowLargeTheyAre() {
    String topic = newTopic(broker, "log-dirs");
    Clients.send(broker, topic, "some bytes");

    ChildProcess.Finished said =
        KafkaTools.run(
                "LogDirsCommand",
                "--describe",
                "--bootstrap-server",
                broker.bootstrap(),
                "--topic-list",
                topic)
            .succeeded();

    assertThat(said.out())
        .containsPattern("\"logDir\":\"[^\"]+\"")
        .containsPattern(
            "\\{\"partition\":\"?" + topic + "-0\"?,\"size\":[1-9][0-9]*,\"offsetLag\":0")
        .contains("\"error\":null");
  }

  @Test
  void apiVersionsCommandUnderstandsTheBrokersTable() {
    ChildProcess.Finished said =
        KafkaTools.run("BrokerApiVersionsCommand", "--bootstrap-server", broker.bootstrap())
            .succeeded();

    assertThat(said.out())
        .contains("id: 1 ")
        .contains("Produce(0): ", "Fetch(1): ", "Metadata(3): ", "ApiVersions(18): ");
  }

  @Test
  void dumpToolReadsASegmentThatIsBeingWritten() {
    String topic = newTopic(broker, "dumped-live");
    Clients.send(broker, topic, "seen in the file");

    ChildProcess.Finished dumped =
        KafkaTools.run(
                "DumpLogSegments",
                "--deep-iteration",
                "--print-data-log",
                "--files",
                broker.segments(topic, 0).get(0).toString())
            .succeeded();

    assertThat(dumped.out())
        .contains("payload: seen in the file", "isvalid: true")
        .doesNotContain("isvalid: false");
    assertThat(Clients.readAll(broker, new TopicPartition(topic, 0))).hasSize(1);
  }

  private ChildProcess.Finished consume(String topic, String offset, int count) {
    return KafkaTools.run(
            "consumer.ConsoleConsumer",
            "--bootstrap-server",
            broker.bootstrap(),
            "--topic",
            topic,
            "--partition",
            "0",
            "--offset",
            offset,
            "--max-messages",
            Integer.toString(count),
            "--timeout-ms",
            "60000",
            "--formatter-property",
            "print.key=true",
            "--formatter-property",
            "key.separator==")
        .succeeded();
  }

  private ChildProcess.Finished topics(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
    all.addAll(List.of(arguments));
    return KafkaTools.run("TopicCommand", all.toArray(String[]::new)).succeeded();
  }

  private List<String> offsets(String topic, String time) {
    return KafkaTools.run(
            "GetOffsetShell",
            "--bootstrap-server",
            broker.bootstrap(),
            "--topic",
            topic,
            "--time",
            time)
        .succeeded()
        .lines();
  }
}
