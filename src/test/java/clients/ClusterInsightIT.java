package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three brokers in processes of their own: what they and the command line say of each other. */
class ClusterInsightIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final short DESCRIBE_QUORUM_VERSION = 2;
  private static final short FETCH_VERSION = 16;

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

  @BeforeEach
  void start() {
    cluster.start(random);
  }

  @AfterEach
  void resume() {
    cluster.nodes().forEach(ClusterNode::resume);
  }

  @Test
  void theLeaderTellsHowFarEveryReplicaIsAndTheOthersSendOn() throws IOException {
    create("described");
    send("described", 3);
    cluster.node(3).kill9();
    send("described", 2); // acknowledged once broker 3 has left the ISR
    await("broker 3 out of sync")
        .atMost(PATIENCE)
        .until(() -> cluster.inSync("described", 0).equals(java.util.Set.of(1, 2)));

    DescribeQuorumResponseData.PartitionData leader = quorum(1, "described");
    assertThat(leader.errorCode()).isEqualTo(Errors.NONE.code());
    assertThat(leader.leaderId()).isEqualTo(1);
    assertThat(leader.highWatermark()).isEqualTo(5);
    assertThat(leader.currentVoters())
        .extracting(ReplicaState::replicaId)
        .containsExactlyInAnyOrder(1, 2);
    assertThat(leader.currentVoters()).extracting(ReplicaState::logEndOffset).containsOnly(5L);
    assertThat(leader.observers()).extracting(ReplicaState::replicaId).containsExactly(3);
    assertThat(quorum(2, "described").errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());

    ChildProcess.Finished said = granary("topic", "describe", "described").succeeded();
    assertThat(said.out())
        .containsPattern("0 +1 +leader +5 +0\n")
        .containsPattern("0 +2 +in-sync +5 +0\n")
        .containsPattern("0 +3 +offline +- +-\n");
    cluster.assertUnharmed();
  }

  @Test
  void aBrokerThatDoesNotLeadNamesTheOneThatDoes() throws IOException {
    create("asked-wrong");
    MetadataResponseData.MetadataResponseTopic topic = metadata(1, "asked-wrong");
    TopicPartition zero = new TopicPartition("asked-wrong", 0);
    FetchRequest request =
        FetchRequest.Builder.forConsumer(
                FETCH_VERSION,
                0,
                1,
                Map.of(
                    zero,
                    new FetchRequest.PartitionData(
                        topic.topicId(), 99, 0, 1 << 20, Optional.empty())))
            .build(FETCH_VERSION);
    assertThat(request.version()).isEqualTo(FETCH_VERSION);

    // A follower may be read from as well; only of a broker without a replica is it sure to refuse.
    moveAwayFrom3("asked-wrong");
    FetchResponseData answer = fetchFrom3(request);

    FetchResponseData.PartitionData refused = answer.responses().get(0).partitions().get(0);
    assertThat(refused.errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
    assertThat(refused.currentLeader().leaderId()).isEqualTo(1);
    assertThat(refused.currentLeader().leaderEpoch())
        .isEqualTo(metadata(3, "asked-wrong").partitions().get(0).leaderEpoch());
    assertThat(answer.nodeEndpoints())
        .singleElement()
        .matches(
            node -> node.nodeId() == 1 && node.port() == cluster.node(1).kafkaPort(), "broker 1");
  }

  private static FetchResponseData fetchFrom3(FetchRequest request) throws IOException {
    try (WireConnection wire = WireConnection.to(cluster.node(3).kafkaPort())) {
      return ((FetchResponse) wire.ask(request)).data();
    }
  }

  private void moveAwayFrom3(String topic) {
    reassign(topic, 1, 2);
    await("two replicas")
        .atMost(PATIENCE)
        .until(() -> metadata(3, topic).partitions().get(0).replicaNodes().equals(List.of(1, 2)));
  }

  /**
   * The producer may ask for metadata again only after ten minutes, and retry only then too; what
   * it is told with the refusal is all it has to go by.
   */
  @Test
  void aProducerFindsTheNextLeaderWithoutAskingForMetadata() {
    create("moved");
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    int tenMinutes = 600_000;
    settings.put("retry.backoff.ms", tenMinutes);
    settings.put("retry.backoff.max.ms", tenMinutes);
    settings.put("metadata.max.age.ms", tenMinutes);
    settings.put("delivery.timeout.ms", 60_000);
    settings.put("request.timeout.ms", 30_000);
    try (Producer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      Clients.result(producer.send(new ProducerRecord<>("moved", 0, null, "to the first leader")));

      reassign("moved", 2, 1, 3);
      elect("moved");
      await("every broker to know that broker 2 leads")
          .atMost(PATIENCE)
          .until(
              () ->
                  cluster.nodes().stream()
                      .allMatch(node -> partition(node.id(), "moved").leaderId() == 2));

      assertThat(
              Clients.result(producer.send(new ProducerRecord<>("moved", 0, null, "to the second")))
                  .offset())
          .isEqualTo(1);
    }
  }

  @Test
  void statusNamesABrokerThatWasKilled() {
    create("one-killed");
    cluster.node(2).kill9();
    await("broker 2 out of sync")
        .atMost(PATIENCE)
        .until(() -> cluster.inSync("one-killed", 0).equals(java.util.Set.of(1, 3)));

    ChildProcess.Finished said = granary("cluster", "status");

    assertThat(said.exitCode()).isEqualTo(1);
    assertThat(said.out())
        .containsPattern("\n +2 +127.0.0.1:" + port(2) + " .*does not answer")
        .containsPattern("voters 1, 2 \\(does not answer\\), 3, led by [13] in term")
        .containsPattern("under-replicated: .*one-killed-0")
        .contains("without a leader: none")
        .contains("broker 2 at 127.0.0.1:" + port(2) + ": ");
  }

  @Test
  void statusIsShownWhileTheControllersHostHangs() {
    create("one-paused");
    ClusterNode paused = cluster.controller();
    paused.pause();

    ChildProcess.Finished early = granary("cluster", "status");
    await("another controller")
        .atMost(PATIENCE)
        .until(
            () ->
                granary("cluster", "status")
                    .out()
                    .lines()
                    .anyMatch(
                        line ->
                            line.endsWith("controller")
                                && !line.contains(":" + paused.kafkaPort())));

    assertThat(early.exitCode()).isEqualTo(1);
    assertThat(early.out())
        .contains("broker " + paused.id() + " at 127.0.0.1:" + port(paused.id()));
  }

  @Test
  void statusOfTheOneThatIsLeftIsNoGoodOne() {
    create("one-left");
    cluster.node(1).kill9();
    cluster.node(2).kill9();

    ChildProcess.Finished said = granary("cluster", "status");

    assertThat(said.exitCode()).isNotZero();
    assertThat(said.said())
        .contains("127.0.0.1:" + port(1))
        .contains("127.0.0.1:" + port(2))
        .contains("Connection refused");
  }

  @Test
  void statusSaysSoWhenNobodyIsThere() {
    cluster.nodes().forEach(ClusterNode::kill9);

    ChildProcess.Finished said = granary("cluster", "status");

    assertThat(said.exitCode()).isEqualTo(3);
    assertThat(said.err())
        .contains("127.0.0.1:" + port(1), "127.0.0.1:" + port(2), "127.0.0.1:" + port(3));
  }

  private static int port(int node) {
    return cluster.node(node).kafkaPort();
  }

  private static ChildProcess.Finished granary(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap", cluster.bootstrap()));
    BrokerProgram.Launch launch = BrokerProgram.Granary.command(BrokerSettings.defaults(), all);
    try (ChildProcess child = ChildProcess.start(launch.command(), launch.environment())) {
      return child.finish();
    }
  }

  /** One partition on all three brokers, led by the first. */
  private static void create(String topic) {
    try (Admin admin = cluster.admin()) {
      Clients.result(
          admin
              .createTopics(
                  List.of(
                      new NewTopic(topic, Map.of(0, List.of(1, 2, 3)))
                          .configs(Map.of("min.insync.replicas", "2"))))
              .all());
      cluster.awaitInSync(topic);
    }
  }

  private static void reassign(String topic, Integer... replicas) {
    try (Admin admin = cluster.admin()) {
      Clients.result(
          admin
              .alterPartitionReassignments(
                  Map.of(
                      new TopicPartition(topic, 0),
                      Optional.of(new NewPartitionReassignment(List.of(replicas)))))
              .all());
    }
  }

  private static void elect(String topic) {
    try (Admin admin = cluster.admin()) {
      Clients.result(
          admin
              .electLeaders(ElectionType.PREFERRED, java.util.Set.of(new TopicPartition(topic, 0)))
              .all());
    }
  }

  private static void send(String topic, int count) {
    Map<String, Object> settings = new HashMap<>(cluster.clientSettings());
    settings.put("acks", "all");
    try (Producer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) {
        Clients.result(producer.send(new ProducerRecord<>(topic, 0, null, "value " + i)));
      }
    }
  }

  private static MetadataResponsePartition partition(int node, String topic) {
    return metadata(node, topic).partitions().get(0);
  }

  /** As that node tells it. */
  private static MetadataResponseData.MetadataResponseTopic metadata(int node, String topic) {
    MetadataRequestData question =
        new MetadataRequestData()
            .setTopics(
                List.of(
                    new MetadataRequestData.MetadataRequestTopic()
                        .setTopicId(Uuid.ZERO_UUID)
                        .setName(topic)))
            .setAllowAutoTopicCreation(false);
    try (WireConnection wire = WireConnection.to(cluster.node(node).kafkaPort())) {
      return ((MetadataResponse) wire.ask(new MetadataRequest(question, (short) 12)))
          .data()
          .topics()
          .iterator()
          .next();
    } catch (IOException notThere) {
      throw new java.io.UncheckedIOException(notThere);
    }
  }

  private static DescribeQuorumResponseData.PartitionData quorum(int node, String topic)
      throws IOException {
    DescribeQuorumRequest request =
        new DescribeQuorumRequest.Builder(
                DescribeQuorumRequest.singletonRequest(new TopicPartition(topic, 0)))
            .build(DESCRIBE_QUORUM_VERSION);
    try (WireConnection wire = WireConnection.to(cluster.node(node).kafkaPort())) {
      return ((DescribeQuorumResponse) wire.ask(request))
          .data()
          .topics()
          .get(0)
          .partitions()
          .get(0);
    }
  }
}
