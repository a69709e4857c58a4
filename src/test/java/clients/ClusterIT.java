package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three brokers in processes of their own: what holds while they come, die, and go. */
class ClusterIT {
  private static final int RECORDS = 20_000;
  private static final Duration DELIVERY_TIMEOUT = Duration.ofMinutes(2);

  private final Random random = new Random();
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

  /** Whatever the test before left of it. */
  @BeforeEach
  void start() {
    cluster.start(random);
  }

  @Test
  void everyReplicaHoldsTheSameBytes() {
    String topic = "replicated";
    cluster.createTopic(topic, 3);

    sendNumbers(topic, 3);
    cluster.stopAll();

    for (int partition = 0; partition < 3; partition++) {
      byte[] first = cluster.node(1).log(topic, partition);
      assertThat(first).isNotEmpty();
      assertThat(cluster.node(2).log(topic, partition)).isEqualTo(first);
      assertThat(cluster.node(3).log(topic, partition)).isEqualTo(first);
    }
    cluster.assertUnharmed();
  }

  @Test
  void producersCarryOnWhenTheLeaderIsKilled() {
    survivesTheDeathOf(cluster.node(3), "leader-killed");
  }

  @Test
  void producersCarryOnWhenTheControllerIsKilled() {
    survivesTheDeathOf(cluster.controller(), "controller-killed");
  }

  /** The node leads a partition when it is killed, and comes back while it is written to. */
  private void survivesTheDeathOf(ClusterNode node, String topic) {
    cluster.createTopic(topic, 3);
    try (RunningLoad load = load(topic)) {
      load.awaitAcked(1000);
      assertThat(leads(node, topic)).as("%s leads a partition", node).isTrue();
      node.kill9();
      load.awaitAcked(2000);
      node.start();
      cluster.awaitInSync(topic);
      load.awaitAcked(500);
      load.finishFlawless();
    }
    cluster.assertUnharmed();
  }

  private boolean leads(ClusterNode node, String topic) {
    for (int partition = 0; partition < 3; partition++) {
      if (cluster.leader(topic, partition) == node) {
        return true;
      }
    }
    return false;
  }

  /** What it has committed holds, and nothing is read twice, though the coordinator dies. */
  @Test
  void aGroupCarriesOnWhenItsCoordinatorIsKilled() {
    String topic = "group";
    cluster.createTopic(topic, 3);
    sendNumbers(topic, 3);
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("group.id", "readers");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", 1_000);
    Set<Long> read = new HashSet<>();
    try (Admin admin = cluster.admin();
        Consumer<Long, Long> consumer =
            new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer())) {
      consumer.subscribe(List.of(topic));
      readUntil(consumer, read, RECORDS / 4);
      ClusterNode coordinator =
          cluster.node(
              Clients.result(
                      admin
                          .describeConsumerGroups(List.of("readers"))
                          .describedGroups()
                          .get("readers"))
                  .coordinator()
                  .id());
      coordinator.kill9();
      readUntil(consumer, read, RECORDS / 2);
      coordinator.start();
    }
    try (Consumer<Long, Long> next =
        new KafkaConsumer<>(settings, new LongDeserializer(), new LongDeserializer())) {
      next.subscribe(List.of(topic));
      readUntil(next, read, RECORDS);
    }
    cluster.awaitFormed();
    cluster.assertUnharmed();
  }

  /** Commits what it has read, each record of which must be new. */
  private static void readUntil(Consumer<Long, Long> consumer, Set<Long> read, int count) {
    await(count + " records, each once")
        .atMost(Clients.PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              consumer
                  .poll(Duration.ofMillis(100))
                  .forEach(record -> assertThat(read.add(record.value())).isTrue());
              consumer.commitSync();
              return read.size() >= count;
            });
  }

  @Test
  void formsAgainWithEverythingWhenAllAreKilledAtOnce() {
    String topic = "all-killed";
    cluster.createTopic(topic, 3);
    try (RunningLoad load = load(topic)) {
      load.awaitAcked(2000);
      cluster.nodes().forEach(ClusterNode::kill9);
      cluster.startAll(random);
      cluster.awaitFormed();
      cluster.awaitInSync(topic);
      load.awaitAcked(1000);
      load.finishFlawless();
    }
    cluster.assertUnharmed();
  }

  @Test
  void noSendFailsWhileNodesAreRestartedOneAfterTheOther() {
    String topic = "rolling";
    cluster.createTopic(topic, 3);
    try (RunningLoad load = load(topic)) {
      load.awaitAcked(500);
      for (ClusterNode node : cluster.nodes()) {
        assertThat(node.stop().exitCode()).as("exit code on SIGTERM").isEqualTo(143);
        load.awaitAcked(500);
        node.start();
        cluster.awaitFormed();
        cluster.awaitInSync(topic);
      }
      load.awaitAcked(500);
      load.finishFlawless();
    }
    cluster.assertUnharmed();
  }

  private RunningLoad load(String topic) {
    return RunningLoad.start(cluster, new Workload(topic, 3, 2, 1, 500), DELIVERY_TIMEOUT, random);
  }

  private void sendNumbers(String topic, int partitions) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("acks", "all");
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (Producer<Long, Long> producer =
        new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
      for (long number = 0; number < RECORDS; number++) {
        sent.add(
            producer.send(
                new ProducerRecord<>(topic, (int) (number % partitions), number, number)));
      }
    }
    sent.forEach(Clients::result);
    await("followers at the end").until(() -> cluster.inSync(topic, 0).size() == 3);
  }
}
