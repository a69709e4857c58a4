package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups from the command line: by our own commands, and by Kafka's and kcat. */
@ExtendWith(SharedBroker.class)
class GroupCommandsIT {
  private static final int PARTITIONS = 6;

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

  @ParameterizedTest
  @EnumSource
  void everyRecordIsAccountedForWhenOneOfThreeMembersIsKilledAndAnotherJoins(
      GroupProgram.Kind program) {
    String numbers = newTopic(broker, "numbers", PARTITIONS, Map.of());
    String readers = unusedName("accountable");
    GroupSeats seats = new GroupSeats(broker, readers);
    List<GroupProgram> members = new ArrayList<>();
    try {
      send(numbers, 0, 600);
      for (int i = 0; i < 3; i++) {
        members.add(GroupProgram.start(program, broker, readers, numbers));
      }
      seats.await(3, 3);
      send(numbers, 600, 1200);
      awaitAll(members, 1200);
      assertThat(readings(members)).doesNotHaveDuplicates();

      GroupProgram dying = members.get(1);
      int before = dying.read().size();
      send(numbers, 1200, 6000);
      await().atMost(Clients.PATIENCE).until(() -> dying.read().size() > before);
      dying.kill9();
      members.add(GroupProgram.start(program, broker, readers, numbers));
      seats.await(3, 1);
      send(numbers, 6000, 6600);
      awaitAll(members, 6600);

      members.forEach(GroupProgram::end);
      assertThat(twice(readings(members))).isSubsetOf(dying.read());
      assertThat(members).allSatisfy(member -> assertThat(member.read()).isNotEmpty());
      assertThat(committed(readers)).isEqualTo(6600);
    } finally {
      members.forEach(GroupProgram::close);
    }
  }

  private void send(String numbers, int first, int end) {
    try (Producer<String, String> producer = Clients.producer(broker, Map.of())) {
      for (int i = first; i < end; i++) {
        var unused =
            producer.send(new ProducerRecord<>(numbers, i % PARTITIONS, null, Integer.toString(i)));
      }
    }
  }

  /** Waits until each number below the end was given to somebody. */
  private static void awaitAll(List<GroupProgram> members, int end) {
    await().atMost(Clients.PATIENCE).until(() -> new HashSet<>(readings(members)).size() == end);
  }

  private static List<Integer> readings(List<GroupProgram> members) {
    return members.stream().flatMap(member -> member.read().stream()).toList();
  }

  private static Set<Integer> twice(List<Integer> readings) {
    Set<Integer> once = new HashSet<>();
    return readings.stream().filter(number -> !once.add(number)).collect(Collectors.toSet());
  }

  /** How many records the offsets of the group say that it is through with. */
  private long committed(String readers) {
    try (Admin admin = Clients.admin(broker)) {
      return result(admin.listConsumerGroupOffsets(readers).partitionsToOffsetAndMetadata())
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    }
  }
}
