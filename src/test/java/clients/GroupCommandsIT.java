package clients;

import static clients.Clients.newTopic;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Groups from the command line: by our own commands, and by Kafka's and kcat. */
@ExtendWith(SharedBroker.class)
class GroupCommandsIT {
  private final RunningBroker broker;
  private final String group = unusedName("readers");
  private String topic;

  GroupCommandsIT(RunningBroker broker) {
    this.broker = broker;
  }

  @BeforeEach
  void commitSomething() {
    topic = newTopic(broker, "read", 2, Map.of());
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = 0; i < 10; i++) {
        var unused = producer.send(new ProducerRecord<>(topic, i % 2, null, "v" + i));
      }
    }
    try (Consumer<String, String> consumer =
        Clients.consumer(broker, Map.of("group.id", group, "enable.auto.commit", "false"))) {
      consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
      consumer.commitSync(
          Map.of(
              new TopicPartition(topic, 0),
              new OffsetAndMetadata(2),
              new TopicPartition(topic, 1),
              new OffsetAndMetadata(3)));
    }
  }

  private ChildProcess.Finished granary(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", broker.bootstrap()));
    return ChildProcess.run(
        BrokerProgram.Granary.command(BrokerSettings.defaults(), all).command());
  }

  @Test
  void ourOwnCommandsShowAndMoveOffsets() {
    assertThat(granary("group", "list").succeeded().out()).contains(group);
    assertThat(granary("group", "describe", group, "--json").succeeded().out())
        .contains("\"topic\":\"" + topic + "\"")
        .contains("\"partition\":1,\"committed\":3,\"end\":5,\"lag\":2");

    assertThat(granary("group", "reset-offsets", group, "--to", "+1").succeeded().said())
        .contains("nothing was changed");
    assertThat(granary("group", "describe", group, "--json").succeeded().out())
        .contains("\"committed\":3");
    granary("group", "reset-offsets", group, "--to", "-2", "--topic", topic + ":1", "--execute")
        .succeeded();
    assertThat(granary("group", "describe", group, "--json").succeeded().out())
        .contains("\"partition\":0,\"committed\":2")
        .contains("\"partition\":1,\"committed\":1");

    assertThat(granary("group", "delete", group).succeeded().out()).contains("deleted group");
    ChildProcess.Finished gone = granary("group", "describe", group);
    assertThat(gone.exitCode()).isEqualTo(4);
    assertThat(gone.said()).contains("there is no group");
  }

  @Test
  void kafkasCommandShowsAndMovesOffsets() {
    assertThat(kafka("--describe", "--group", group).out())
        .containsPattern(group + "\\s+" + topic + "\\s+0\\s+(-\\s+)?2\\s+5\\s+3");

    kafka("--reset-offsets", "--group", group, "--topic", topic, "--to-earliest", "--execute");
    assertThat(kafka("--describe", "--group", group).out())
        .containsPattern(group + "\\s+" + topic + "\\s+1\\s+(-\\s+)?0\\s+5\\s+5");

    kafka("--delete-offsets", "--group", group, "--topic", topic + ":1");
    kafka("--delete", "--group", group);
    assertThat(kafka("--list").lines()).doesNotContain(group);
  }

  private ChildProcess.Finished kafka(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--bootstrap-server", broker.bootstrap()));
    all.addAll(List.of(arguments));
    return KafkaTools.run("consumer.group.ConsumerGroupCommand", all.toArray(String[]::new))
        .succeeded();
  }

  @Test
  void kcatReadsAsAMemberOfAGroup() {
    String readers = unusedName("kcat");
    ChildProcess.Finished read =
        Kcat.run(
            broker,
            "",
            "-G",
            readers,
            "-X",
            "auto.offset.reset=earliest",
            "-c",
            "10",
            "-q",
            "-f",
            "%s\n",
            topic);

    assertThat(read.lines())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 10).mapToObj(i -> "v" + i).toList());
  }

  @Test
  void anotherTakesOverWhenAConsumersProcessIsKilled() {
    String readers = unusedName("verified");
    try (ChildProcess dying = verifiable(readers)) {
      await().atMost(Clients.PATIENCE).until(() -> dying.said().contains("records_consumed"));
      try (ChildProcess heir = verifiable(readers)) {
        await().atMost(Clients.PATIENCE).until(() -> heir.said().contains("partitions_assigned"));
        dying.kill9();
        Clients.send(broker, topic, "after the kill");

        await()
            .atMost(Clients.PATIENCE)
            .pollInterval(Duration.ofMillis(100))
            .until(() -> ownsBoth(heir.said()));
      }
    }
  }

  private boolean ownsBoth(String said) {
    return said.lines()
        .filter(line -> line.contains("partitions_assigned"))
        .anyMatch(line -> line.contains("\"partition\":0") && line.contains("\"partition\":1"));
  }

  private ChildProcess verifiable(String readers) {
    return KafkaTools.start(
        "VerifiableConsumer",
        "--bootstrap-server",
        broker.bootstrap(),
        "--topic",
        topic,
        "--group-id",
        readers,
        "--session-timeout",
        "6000",
        "--reset-policy",
        "earliest");
  }
}
