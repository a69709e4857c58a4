package clients;

import static clients.Clients.newTopic;
import static clients.Clients.result;
import static clients.Clients.unusedName;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeReplicaLogDirsResult.ReplicaLogDirInfo;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedBroker.class)
class AdminIT {
  private final RunningBroker broker;
  private final Admin admin;

  AdminIT(RunningBroker broker) {
    this.broker = broker;
    this.admin = Clients.admin(broker);
  }

  @AfterEach
  void close() {
    admin.close();
  }

  @Test
  void describesATopicAsItWasCreated() {
    String name = unusedName("described");
    CreateTopicsResult created =
        admin.createTopics(
            List.of(new NewTopic(name, 3, (short) 1).configs(Map.of("retention.ms", "12345"))));
    result(created.all());

    TopicDescription description = describe(name);

    assertThat(result(created.numPartitions(name))).isEqualTo(3);
    assertThat(result(created.replicationFactor(name))).isEqualTo(1);
    assertThat(result(created.config(name)).get("retention.ms").value()).isEqualTo("12345");
    assertThat(description.topicId()).isEqualTo(result(created.topicId(name)));
    assertThat(description.isInternal()).isFalse();
    assertThat(description.partitions())
        .extracting(TopicPartitionInfo::partition)
        .containsExactly(0, 1, 2);
    assertThat(description.partitions())
        .allSatisfy(
            partition -> {
              assertThat(partition.leader().port()).isEqualTo(broker.port());
              assertThat(partition.replicas()).extracting(Node::id).containsExactly(1);
              assertThat(partition.isr()).extracting(Node::id).containsExactly(1);
            });
  }

  @Test
  void knowsATopicTheMomentItIsCreated() {
    assumeTrue(BrokerProgram.isGranary(), "Kafka's brokers hear of a topic a moment later");
    for (int i = 0; i < 20; i++) {
      String name = unusedName("at-once");

      create(new NewTopic(name, 3, (short) 1));

      assertThat(result(admin.describeTopics(List.of(name)).allTopicNames()).get(name).partitions())
          .allMatch(partition -> partition.leader() != null && partition.leader().id() == 1);
      assertThat(result(admin.listTopics().names())).contains(name);
    }
  }

  @Test
  void deletesTheBeginningOfALogAndNothingAfterIt() {
    String topic = newTopic(broker, "trimmed");
    TopicPartition partition = new TopicPartition(topic, 0);
    for (String value : List.of("one", "two", "three")) {
      Clients.send(broker, topic, value);
    }

    assertThat(delete(partition, 2)).isEqualTo(2);

    assertThat(Clients.readAll(broker, partition))
        .extracting(ConsumerRecord::value)
        .containsExactly("three");
    try (Consumer<String, String> late =
        Clients.consumer(broker, Map.of("auto.offset.reset", "none"))) {
      late.assign(List.of(partition));
      late.seek(partition, 1);
      assertThatThrownBy(() -> late.poll(Clients.PATIENCE))
          .isInstanceOf(OffsetOutOfRangeException.class);
    }
    assertThat(delete(partition, 1)).as("the log starts later already").isEqualTo(2);
    assertThat(delete(partition, -1)).as("all that is committed").isEqualTo(3);
    assertThatThrownBy(() -> delete(partition, 4))
        .isInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
  }

  @Test
  void deletesNothingInATopicThatIsCompacted() {
    String topic = newTopic(broker, "table", 1, Map.of("cleanup.policy", "compact"));

    assertThatThrownBy(() -> delete(new TopicPartition(topic, 0), 0))
        .isInstanceOf(PolicyViolationException.class);
  }

  private long delete(TopicPartition partition, long beforeOffset) {
    return result(
            admin
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(beforeOffset)))
                .lowWatermarks()
                .get(partition))
        .lowWatermark();
  }

  @Test
  void takesRecordsTheMomentItsTopicIsCreated() {
    assumeTrue(BrokerProgram.isGranary(), "Kafka may take the second batch before the first");
    for (int i = 0; i < 5; i++) {
      String name = unusedName("written-at-once");
      try (Producer<String, String> producer =
          Clients.producer(broker, Map.of("batch.size", 100, "linger.ms", 0))) {
        create(new NewTopic(name, 6, (short) 1));

        IntStream.range(0, 600)
            .mapToObj(n -> producer.send(new ProducerRecord<>(name, n % 6, null, "v" + n)))
            .toList()
            .forEach(Clients::result);
      }
    }
  }

  @Test
  void fillsInTheBrokersDefaults() {
    String name = unusedName("defaults");

    result(
        admin.createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty()))).all());

    assertThat(describe(name).partitions()).hasSize(1);
  }

  @Test
  void placesReplicasWhereTheRequestSays() {
    String name = unusedName("assigned");

    result(
        admin
            .createTopics(List.of(new NewTopic(name, Map.of(0, List.of(1), 1, List.of(1)))))
            .all());

    assertThat(describe(name).partitions()).hasSize(2);
  }

  @Test
  void placesNewPartitionsWhereTheRequestSays() {
    String name = newTopic(broker, "grown");

    result(
        admin
            .createPartitions(
                Map.of(name, NewPartitions.increaseTo(3, List.of(List.of(1), List.of(1)))))
            .all());

    assertThat(describe(name).partitions()).hasSize(3);
    assertThatThrownBy(
            () ->
                result(
                    admin
                        .createPartitions(
                            Map.of(name, NewPartitions.increaseTo(4, List.of(List.of(77)))))
                        .all()))
        .isInstanceOf(InvalidReplicaAssignmentException.class);
  }

  @Test
  void onlyChecksWhereAskedTo() {
    String name = unusedName("checked");

    result(
        admin
            .createTopics(
                List.of(new NewTopic(name, 1, (short) 1)),
                new CreateTopicsOptions().validateOnly(true))
            .all());

    assertThat(result(admin.listTopics().names())).doesNotContain(name);
  }

  @Test
  void refusesATopicThatExists() {
    String name = newTopic(broker, "existing");

    assertThatThrownBy(() -> create(new NewTopic(name, 1, (short) 1)))
        .isInstanceOf(TopicExistsException.class);
  }

  @Test
  void refusesTheBadTopicAndMakesTheGoodOneOfOneRequest() {
    String good = unusedName("good");
    String bad = newTopic(broker, "bad");

    CreateTopicsResult created =
        admin.createTopics(
            List.of(new NewTopic(good, 1, (short) 1), new NewTopic(bad, 1, (short) 1)));

    result(created.values().get(good));
    assertThatThrownBy(() -> result(created.values().get(bad)))
        .isInstanceOf(TopicExistsException.class);
    assertThat(describe(good).name()).isEqualTo(good);
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "a b", "a/b", "ü", ""})
  void refusesNamesThatAreNotLegal(String name) {
    assertThatThrownBy(() -> create(new NewTopic(name, 1, (short) 1)))
        .isInstanceOf(InvalidTopicException.class);
  }

  @Test
  void refusesANameTooLongForADirectory() {
    assertThatThrownBy(() -> create(new NewTopic("x".repeat(250), 1, (short) 1)))
        .isInstanceOf(InvalidTopicException.class);
  }

  @Test
  void refusesSizesThatCannotBe() {
    assertThatThrownBy(() -> create(new NewTopic(unusedName("none"), 0, (short) 1)))
        .isInstanceOf(InvalidPartitionsException.class);
    assertThatThrownBy(() -> create(new NewTopic(unusedName("replicas"), 1, (short) 3)))
        .isInstanceOf(InvalidReplicationFactorException.class);
  }

  @Test
  void refusesSettingsThatDoNotExistOrMakeNoSense() {
    NewTopic unknown =
        new NewTopic(unusedName("unknown"), 1, (short) 1).configs(Map.of("no.such.thing", "1"));
    NewTopic senseless =
        new NewTopic(unusedName("senseless"), 1, (short) 1).configs(Map.of("retention.ms", "soon"));

    assertThatThrownBy(() -> create(unknown))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("no.such.thing");
    assertThatThrownBy(() -> create(senseless))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("retention.ms");
  }

  @Test
  void forgetsADeletedTopicAndItsRecords() {
    String name = newTopic(broker, "deleted");
    Uuid first = describe(name).topicId();
    Clients.send(broker, name, "old");

    result(admin.deleteTopics(List.of(name)).all());

    assertThatThrownBy(() -> describeNow(name))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
    // Its files may go a moment later, but the name is free once the topic is gone.
    create(new NewTopic(name, 1, (short) 1));
    assertThat(describe(name).topicId()).isNotEqualTo(first);
    Clients.send(broker, name, "new");
    assertThat(Clients.readAll(broker, new TopicPartition(name, 0)))
        .singleElement()
        .matches(record -> record.value().equals("new") && record.offset() == 0);
  }

  @Test
  void deletesByIdAsWell() {
    String name = newTopic(broker, "deleted-by-id");
    Uuid id = describe(name).topicId();

    result(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all());

    assertThat(result(admin.listTopics().names())).doesNotContain(name);
    assertThatThrownBy(
            () -> result(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all()))
        .isInstanceOf(UnknownTopicIdException.class);
  }

  @Test
  void refusesToDeleteOrDescribeWhatIsNotThere() {
    assertThatThrownBy(() -> result(admin.deleteTopics(List.of("never-was")).all()))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
    assertThatThrownBy(() -> describeNow("never-was"))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
  }

  @Test
  void describingCreatesNothing() {
    String name = unusedName("only-asked-for");

    assertThatThrownBy(() -> describeNow(name))
        .isInstanceOf(UnknownTopicOrPartitionException.class);

    assertThat(result(admin.listTopics().names())).doesNotContain(name);
  }

  @Test
  void tellsATopicsSettingsFromTheDefaults() {
    String name =
        newTopic(broker, "settings", 1, Map.of("cleanup.policy", "compact", "segment.ms", "777"));

    Config config = describeConfig(new ConfigResource(ConfigResource.Type.TOPIC, name));

    assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
    assertThat(config.get("segment.ms").value()).isEqualTo("777");
    assertThat(config.get("segment.ms").source())
        .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
    assertThat(config.get("max.message.bytes").isDefault()).isTrue();
    assertThat(config.get("compression.type").value()).isEqualTo("producer");
  }

  @Test
  void describesTheBrokersSettings() {
    Config config = describeConfig(new ConfigResource(ConfigResource.Type.BROKER, "1"));

    assertThat(config.entries()).extracting(ConfigEntry::name).contains("num.partitions");
    assertThat(config.get("num.partitions").value()).isEqualTo("1");
  }

  @Test
  void refusesToDescribeSettingsOfWhatIsNotThere() {
    assertThatThrownBy(
            () -> describeConfig(new ConfigResource(ConfigResource.Type.TOPIC, "never-was")))
        .isInstanceOf(UnknownTopicOrPartitionException.class);
  }

  @Test
  void describesTheClusterAsItsOneBroker() {
    DescribeClusterResult cluster = admin.describeCluster();

    Collection<Node> nodes = result(cluster.nodes());

    assertThat(nodes)
        .singleElement()
        .matches(node -> node.id() == 1 && node.port() == broker.port());
    assertThat(result(cluster.controller()).id()).isEqualTo(1);
    assertThat(result(cluster.clusterId())).isNotEmpty();
  }

  @Test
  void tellsWhereItsReplicasLieAndHowLargeTheyAre() {
    String name = newTopic(broker, "measured", 2, Map.of());
    Clients.send(broker, name, "some bytes");

    LogDirDescription directory =
        result(admin.describeLogDirs(List.of(1)).allDescriptions())
            .get(1)
            .values()
            .iterator()
            .next();
    ReplicaInfo written = directory.replicaInfos().get(new TopicPartition(name, 0));

    assertThat(directory.error()).isNull();
    assertThat(directory.totalBytes().orElseThrow()).isPositive();
    assertThat(directory.usableBytes().orElseThrow())
        .isPositive()
        .isLessThanOrEqualTo(directory.totalBytes().orElseThrow());
    assertThat(written.size()).isPositive();
    assertThat(written.offsetLag()).isZero();
    assertThat(written.isFuture()).isFalse();
    assertThat(directory.replicaInfos().get(new TopicPartition(name, 1)).size()).isZero();
  }

  @Test
  void tellsTheDirectoryOfAReplica() {
    String name = newTopic(broker, "located");
    TopicPartitionReplica replica = new TopicPartitionReplica(name, 0, 1);

    ReplicaLogDirInfo info =
        result(admin.describeReplicaLogDirs(List.of(replica)).all()).get(replica);

    assertThat(Path.of(info.getCurrentReplicaLogDir()).resolve(name + "-0")).isDirectory();
    assertThat(info.getCurrentReplicaOffsetLag()).isZero();
    assertThat(info.getFutureReplicaLogDir()).isNull();
  }

  @Test
  void makesAndForgetsFiftyTopicsInOneRequestEach() {
    List<String> names = IntStream.range(0, 50).mapToObj(i -> unusedName("many")).toList();

    result(
        admin
            .createTopics(names.stream().map(name -> new NewTopic(name, 2, (short) 1)).toList())
            .all());
    await()
        .atMost(Clients.PATIENCE)
        .untilAsserted(() -> assertThat(result(admin.listTopics().names())).containsAll(names));
    assertThat(result(admin.describeTopics(names).allTopicNames())).hasSize(50);

    result(admin.deleteTopics(names).all());
    await()
        .atMost(Clients.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(result(admin.listTopics().names())).doesNotContainAnyElementsOf(names));
  }

  private void create(NewTopic topic) {
    result(admin.createTopics(List.of(topic)).all());
  }

  /** Describes a topic that is there, or of which the broker is about to hear. */
  private TopicDescription describe(String name) {
    return await()
        .atMost(Clients.PATIENCE)
        .ignoreException(UnknownTopicOrPartitionException.class)
        .until(() -> describeNow(name), Objects::nonNull);
  }

  private TopicDescription describeNow(String name) {
    return result(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
  }

  private Config describeConfig(ConfigResource resource) {
    return result(admin.describeConfigs(List.of(resource)).all()).get(resource);
  }
}
