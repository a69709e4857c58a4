package actors.broker;

import static actors.broker.NodesFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import actors.controller.PartitionImage;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.Producer;
import streams.ProducerMessage;
import streams.StartPosition;
import streams.Subscriptions;
import streams.grpc.Elsewhere;
import streams.grpc.GranaryClient;
import streams.grpc.GrpcServer;
import streams.grpc.v1.CreateTopicRequest;
import streams.grpc.v1.TopicsClient;

/** A sink, a source and members of a group in a program without a broker, whose broker dies. */
class RemoteFailoverTest {
  private static final String TOPIC = "numbers";
  private static final int PARTITIONS = 6;
  private static final int RECORDS = 30_000;
  private static final int PATIENCE_SECONDS = 120;

  @TempDir Path root;
  private final Map<Integer, GrpcServer> servers = new ConcurrentHashMap<>();
  private NodesFixture nodes;
  private ActorTestKit elsewhere;

  @BeforeEach
  void threeBrokers() {
    nodes = new NodesFixture(root, 3, 3);
    Config file = ConfigFactory.parseString("granary.grpc.port = 0").withFallback(nodes.file());
    for (int id = 1; id <= 3; id++) {
      int broker = id;
      nodes.start(
          id,
          file,
          node -> {
            GrpcServer server = GrpcServer.start(node);
            servers.put(broker, server);
            return server::stop;
          });
    }
    nodes.awaitOneCluster(1, 2, 3);
    for (int id = 1; id <= 3; id++) {
      get(nodes.node(id).whenStarted());
    }
    await().until(() -> IntStream.rangeClosed(1, 3).allMatch(nodes.node(1).metadata()::isActive));
    elsewhere = Elsewhere.kit();
  }

  @AfterEach
  void end() {
    elsewhere.shutdownTestKit();
    nodes.close();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private int port(int broker) {
    return get(servers.get(broker).port());
  }

  private void createTopic() {
    TopicsClient topics =
        TopicsClient.create(
            GrpcClientSettings.connectToServiceAt("127.0.0.1", port(1), elsewhere.system())
                .withTls(false),
            elsewhere.system());
    get(
        topics.createTopic(
            CreateTopicRequest.newBuilder()
                .setName(TOPIC)
                .setPartitions(PARTITIONS)
                .setReplicationFactor(3)
                .putConfigs("min.insync.replicas", "2")
                .build()));
    get(topics.close());
  }

  /** A member of a group that commits what it reads. */
  private DrainingControl<Done> member(GranaryClient client, List<Integer> read) {
    return Consumer.committableSource(
            client
                .consumer(new IntegerDeserializer(), new IntegerDeserializer())
                .withGroupId("readers")
                .withStartPosition(StartPosition.EARLIEST),
            Subscriptions.topics(TOPIC))
        .map(
            message -> {
              read.add(message.record().value());
              return message.committableOffset();
            })
        .toMat(
            Committer.sink(CommitterSettings.create(elsewhere.system())),
            Consumer::createDrainingControl)
        .run(elsewhere.system());
  }

  @Test
  void nothingIsLostDoubledOrReorderedWhenTheBrokerThatServesThemDies() {
    createTopic();
    assertThat(nodes.node(1).metadata().topic(TOPIC).orElseThrow().partitions())
        .extracting(PartitionImage::leader)
        .contains(1, 2, 3);
    AtomicInteger acknowledged = new AtomicInteger();
    try (GranaryClient client =
        get(
            GranaryClient.connect(
                elsewhere.system(),
                "127.0.0.1:" + port(1) + ",127.0.0.1:" + port(2) + ",127.0.0.1:" + port(3)))) {
      CompletionStage<List<ConsumerRecord<Integer, Integer>>> read =
          Consumer.plainSource(
                  client.consumer(new IntegerDeserializer(), new IntegerDeserializer()),
                  Subscriptions.assignmentFromBeginning(
                      IntStream.range(0, PARTITIONS)
                          .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                          .toArray(TopicPartition[]::new)))
              .take(RECORDS)
              .runWith(Sink.seq(), elsewhere.system());
      List<Integer> readInGroup = Collections.synchronizedList(new ArrayList<>());
      List<DrainingControl<Done>> members =
          List.of(member(client, readInGroup), member(client, readInGroup));
      CompletionStage<Done> written =
          Source.range(1, RECORDS)
              .map(
                  number ->
                      ProducerMessage.single(
                          new ProducerRecord<>(TOPIC, number % PARTITIONS, number, number)))
              .via(
                  Producer.flexiFlow(
                      client
                          .producer(new IntegerSerializer(), new IntegerSerializer())
                          .withBatchBytes(4096)
                          .withBufferBytesMax(64 * 1024)))
              .runWith(
                  Sink.foreach(
                      result -> {
                        if (acknowledged.incrementAndGet() == RECORDS / 2) {
                          nodes.kill(1);
                        }
                      }),
                  elsewhere.system());

      get(written);
      assertThat(acknowledged).hasValue(RECORDS);
      Map<Integer, List<Integer>> byPartition = new TreeMap<>();
      for (ConsumerRecord<Integer, Integer> record : get(read)) {
        byPartition
            .computeIfAbsent(record.partition(), partition -> new ArrayList<>())
            .add(record.value());
      }
      for (int partition = 0; partition < PARTITIONS; partition++) {
        int of = partition;
        assertThat(byPartition.get(partition))
            .as("partition %d", partition)
            .containsExactlyElementsOf(
                IntStream.rangeClosed(1, RECORDS)
                    .filter(number -> number % PARTITIONS == of)
                    .boxed()
                    .toList());
      }
      await().until(() -> readInGroup.size() >= RECORDS);
      members.forEach(member -> get(member.drainAndShutdown(Runnable::run)));
      assertThat(List.copyOf(readInGroup).stream().sorted())
          .containsExactlyElementsOf(IntStream.rangeClosed(1, RECORDS).boxed().toList());
    }
  }
}
