package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A replica moves no faster than it was told, by a client or by Kafka's own tool. */
class ThrottledMoveIT {
  private static final String RATE = "leader.replication.throttled.rate";
  private static final String THROTTLED = "leader.replication.throttled.replicas";
  private static final int RECORDS = 4_000;
  private static final int RECORD_BYTES = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static RunningCluster cluster;

  @BeforeAll
  static void start() {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "only Granary forms from a cluster file");
    cluster = RunningCluster.prepared().start(new Random());
  }

  @AfterAll
  static void close() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aMoveIsSlowWhileItIsThrottledAndFastOnceItIsNot() {
    String topic = "by-admin";
    try (Admin admin = cluster.admin()) {
      create(admin, topic);
      alter(admin, ConfigResource.Type.TOPIC, topic, THROTTLED, Optional.of("0:1"));
      alter(admin, ConfigResource.Type.BROKER, "1", RATE, Optional.of("1000"));

      Clients.result(
          admin
              .alterPartitionReassignments(
                  Map.of(
                      new TopicPartition(topic, 0),
                      Optional.of(new NewPartitionReassignment(List.of(2)))))
              .all());

      await("the new replica has come to something")
          .atMost(PATIENCE)
          .until(() -> cluster.node(2).log(topic, 0).length > 0);
      assertThat(cluster.inSync(topic, 0)).isEqualTo(Set.of(1));
      ConfigEntry rate = setting(admin, ConfigResource.Type.BROKER, "1", RATE);
      assertThat(rate.value()).isEqualTo("1000");
      assertThat(rate.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);

      alter(admin, ConfigResource.Type.BROKER, "1", RATE, Optional.empty());

      await("the move").atMost(PATIENCE).until(() -> cluster.inSync(topic, 0).equals(Set.of(2)));
      assertThat(setting(admin, ConfigResource.Type.BROKER, "1", RATE).source())
          .isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
    }
    cluster.assertUnharmed();
  }

  @Test
  void theReassignmentToolThrottlesAndTakesTheThrottleOffAgain() throws IOException {
    String topic = "by-tool";
    Path plan = cluster.home().resolve("plan.json");
    Files.writeString(
        plan,
        """
        {"version":1,"partitions":[{"topic":"%s","partition":0,"replicas":[2]}]}
        """
            .formatted(topic));
    try (Admin admin = cluster.admin()) {
      Assumptions.assumeTrue(describesLogDirectories(admin), "the tool asks for those first");
      create(admin, topic);

      // A crawl, so that it is still going on when it is looked at.
      reassign(plan, "--execute", "--throttle", "1000").succeeded();

      ConfigEntry rate = setting(admin, ConfigResource.Type.BROKER, "1", RATE);
      assertThat(rate.value()).isEqualTo("1000");
      assertThat(setting(admin, ConfigResource.Type.TOPIC, topic, THROTTLED).value())
          .isEqualTo("0:1");
      assertThat(reassign(plan, "--verify", "--preserve-throttles").out())
          .contains("still in progress");
      assertThat(cluster.inSync(topic, 0)).isEqualTo(Set.of(1));

      reassign(plan, "--execute", "--additional", "--throttle", "20000000").succeeded();

      await("the move").atMost(PATIENCE).until(() -> cluster.inSync(topic, 0).equals(Set.of(2)));
      assertThat(reassign(plan, "--verify").succeeded().out()).contains("is completed");
      assertThat(setting(admin, ConfigResource.Type.BROKER, "1", RATE).source())
          .isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
      assertThat(setting(admin, ConfigResource.Type.TOPIC, topic, THROTTLED).value()).isEmpty();
    }
    cluster.assertUnharmed();
  }

  private static boolean describesLogDirectories(Admin admin) {
    try {
      Clients.result(admin.describeLogDirs(List.of(1)).allDescriptions());
      return true;
    } catch (UnsupportedVersionException notServed) {
      return false;
    }
  }

  /** One replica, on broker 1, with four megabytes in it. */
  private static void create(Admin admin, String topic) {
    Clients.result(admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(1))))).all());
    fill(topic);
  }

  private static void alter(
      Admin admin, ConfigResource.Type type, String name, String setting, Optional<String> value) {
    AlterConfigOp change =
        new AlterConfigOp(
            new ConfigEntry(setting, value.orElse(null)),
            value.isPresent() ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
    Clients.result(
        admin
            .incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(change)))
            .all());
  }

  private static void fill(String topic) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("acks", "1"); // one replica is less than min.insync.replicas
    settings.put("enable.idempotence", false);
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (Producer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, 0, null, new byte[RECORD_BYTES])));
      }
    }
    sent.forEach(Clients::result);
  }

  private static ChildProcess.Finished reassign(Path plan, String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--bootstrap-server",
                cluster.bootstrap(),
                "--reassignment-json-file",
                plan.toString()));
    all.addAll(List.of(arguments));
    return KafkaTools.run("reassign.ReassignPartitionsCommand", all.toArray(String[]::new));
  }

  private static ConfigEntry setting(
      Admin admin, ConfigResource.Type type, String name, String setting) {
    ConfigResource resource = new ConfigResource(type, name);
    Config config = Clients.result(admin.describeConfigs(List.of(resource)).all()).get(resource);
    return config.get(setting);
  }
}
