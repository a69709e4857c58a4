package streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.cluster.ConfigMistake;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.log.DirectoryRefused;
import streams.net.FreePorts;

/** Brokers in this program, and what is left of them. */
class EmbeddedGranaryTest {
  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path directory;

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private static void write(Granary granary, ActorSystem<?> in, String topic, String... values) {
    get(
        Source.from(List.of(values))
            .map(value -> new ProducerRecord<String, String>(topic, value))
            .runWith(
                Producer.plainSink(
                    ProducerSettings.create(
                        granary, new StringSerializer(), new StringSerializer())),
                in));
  }

  private static List<String> read(Granary granary, ActorSystem<?> in, String topic, int count) {
    return get(
        Consumer.plainSource(
                ConsumerSettings.create(
                    granary, new StringDeserializer(), new StringDeserializer()),
                Subscriptions.assignmentFromBeginning(new TopicPartition(topic, 0)))
            .map(ConsumerRecord::value)
            .take(count)
            .runWith(Sink.seq(), in));
  }

  @Nested
  class ABroker {
    @Test
    void servesKafkaClientsAndStreamsAtOnce() throws Exception {
      try (Granary granary = Granary.start()) {
        granary.createTopic("clicks", 1);
        try (KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", granary.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
          producer
              .send(new ProducerRecord<>("clicks", "from a client"))
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        write(granary, granary.system(), "clicks", "from a stream");

        assertThat(read(granary, granary.system(), "clicks", 2))
            .containsExactly("from a client", "from a stream");
      }
    }

    @Test
    void takesNothingWithItButATemporaryDirectory() {
      Granary granary = Granary.start();
      Path temporary = granary.dataDirectory();
      granary.createTopic("clicks", 2);
      write(granary, granary.system(), "clicks", "one");
      assertThat(temporary).isNotEmptyDirectory();

      granary.close();
      granary.close();

      assertThat(temporary).doesNotExist();
      assertThat(granary.whenStopped().toCompletableFuture()).isCompleted();
    }

    @Test
    void hasEverythingInItsDirectoryWhenItIsStartedAgain() {
      GranarySettings settings =
          GranarySettings.create().withDataDirectory(directory).withoutKafka();
      try (Granary before = Granary.start(settings)) {
        before.createTopic("clicks", 1);
        write(before, before.system(), "clicks", "kept");
      }

      try (Granary after = Granary.start(settings)) {
        assertThat(read(after, after.system(), "clicks", 1)).containsExactly("kept");
        assertThatThrownBy(after::bootstrapServers)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("without a port for Kafka clients");
      }
    }

    @Test
    void runsItsStreamsInAnActorSystemOfTheCallers() {
      ActorSystem<Void> mine = ActorSystem.create(Behaviors.empty(), "mine");
      try (Granary granary = Granary.start(GranarySettings.create().withoutKafka())) {
        granary.createTopic("clicks", 1);
        ConsumerSettings<String, String> reader =
            ConsumerSettings.create(granary, new StringDeserializer(), new StringDeserializer())
                .withGroupId("readers")
                .withStartPosition(StartPosition.EARLIEST);

        write(granary, mine, "clicks", "one", "two");
        List<String> plain = read(granary, mine, "clicks", 2);
        List<String> inGroup =
            get(
                Consumer.committableSource(reader, Subscriptions.topics("clicks"))
                    .take(2)
                    .mapAsync(
                        1,
                        message ->
                            message
                                .committableOffset()
                                .commit()
                                .thenApply(done -> message.record().value()))
                    .runWith(Sink.seq(), mine));

        assertThat(plain).containsExactly("one", "two");
        assertThat(inGroup).containsExactly("one", "two");
        assertThat(granary.system()).isNotSameAs(mine);
      } finally {
        mine.terminate();
        get(mine.getWhenTerminated());
      }
    }

    @Test
    void isAStrangerToAnotherOne() {
      GranarySettings settings =
          GranarySettings.create().withoutKafka().withBrokerSetting("num.partitions", "4");
      try (Granary one = Granary.start(settings);
          Granary two = Granary.start(settings)) {
        one.createTopic("clicks", -1);

        assertThat(one.node().metadata().topic("clicks").orElseThrow().partitions()).hasSize(4);
        assertThat(two.node().metadata().topic("clicks")).isEmpty();
      }
    }
  }

  @Nested
  class Topics {
    @Test
    void areRefusedAsKafkasAdminClientRefusesThem() {
      try (Granary granary = Granary.start(GranarySettings.create().withoutKafka())) {
        granary.createTopic("clicks", 1);
        assertThatThrownBy(() -> granary.createTopic("clicks", 1))
            .isInstanceOf(TopicExistsException.class)
            .hasMessageContaining("clicks");

        granary.deleteTopics("clicks");

        assertThatThrownBy(() -> granary.deleteTopics("clicks"))
            .isInstanceOf(UnknownTopicOrPartitionException.class)
            .hasMessageContaining("clicks");
      }
    }
  }

  @Nested
  class ARefusal {
    private StartFailed refusalOf(GranarySettings settings) {
      try (Granary started = Granary.start(settings)) {
        throw new AssertionError("started in " + started.dataDirectory());
      } catch (StartFailed refused) {
        return refused;
      }
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
      try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        StartFailed refusal =
            refusalOf(
                GranarySettings.create()
                    .withDataDirectory(directory)
                    .withKafkaPort(taken.getLocalPort()));

        assertThat(refusal)
            .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
            .hasRootCauseInstanceOf(BindException.class);
      }
    }

    @Test
    void namesTheDirectoryThatIsInUse() {
      GranarySettings settings =
          GranarySettings.create().withDataDirectory(directory).withoutKafka();
      try (Granary first = Granary.start(settings)) {
        assertThat(refusalOf(settings))
            .hasMessageContaining(first.dataDirectory().toString())
            .hasMessageContaining("a directory of its own")
            .hasCauseInstanceOf(DirectoryRefused.class);
      }
    }

    @Test
    void namesTheSettingAsSoonAsItIsSaid() {
      GranarySettings settings = GranarySettings.create();

      assertThatThrownBy(() -> settings.withBrokerSetting("num.partition", "3"))
          .isInstanceOf(ConfigMistake.class)
          .hasMessageContaining("num.partition");
      assertThatThrownBy(() -> settings.withBrokerSetting("num.partitions", "many"))
          .isInstanceOf(ConfigMistake.class)
          .hasMessageContaining("num.partitions");
      assertThatThrownBy(() -> settings.withKafkaPort(70_000))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("70000");
      assertThat(refusalOf(settings.withHost("0.0.0.0")))
          .hasMessageContaining("withAdvertisedHost");
    }

    @Test
    void saysThatAMajorityIsLacking() throws Exception {
      Path file = directory.resolve("cluster.conf");
      List<Integer> ports = FreePorts.take(12);
      StringBuilder nodes = new StringBuilder();
      for (int id = 1; id <= 3; id++) {
        nodes.append(
            "{ id = %d, kafka-port = %d, remoting-port = %d, grpc-port = %d, admin-port = %d }%n"
                .formatted(
                    id,
                    ports.get(4 * id - 4),
                    ports.get(4 * id - 3),
                    ports.get(4 * id - 2),
                    ports.get(4 * id - 1)));
      }
      Files.writeString(file, "nodes = [\n" + nodes + "]\n");

      assertThat(
              refusalOf(
                  GranarySettings.ofClusterFile(file, 2).withStartTimeout(Duration.ofSeconds(1))))
          .hasMessageContaining("broker 2 does not serve after 1 s")
          .hasMessageContaining("withStartTimeout");
    }
  }

  @Nested
  class Several {
    @Test
    void loseNothingWhenOneIsKilledAndComesBack() {
      try (GranaryCluster cluster =
          GranaryCluster.start(3, GranarySettings.create().withoutKafka())) {
        cluster.createTopic("clicks", 1);
        int leader =
            cluster
                .broker(1)
                .node()
                .metadata()
                .topic("clicks")
                .orElseThrow()
                .partitions()
                .get(0)
                .leader();
        Granary other = cluster.broker(leader % 3 + 1);
        write(other, other.system(), "clicks", "before");

        cluster.kill(leader);
        write(other, other.system(), "clicks", "between");
        Granary back = cluster.restart(leader);
        write(back, back.system(), "clicks", "after");

        assertThat(read(other, other.system(), "clicks", 3))
            .containsExactly("before", "between", "after");
        assertThat(cluster.brokers()).hasSize(3).contains(back);
      }
    }
  }

  @Nested
  class WhenAllAreClosed {
    /** The JDK's own, which it keeps or ends as it likes, and the one that waits for this. */
    private static final Set<String> OF_OTHERS =
        Set.of(
            "ForkJoinPool.commonPool-worker",
            "CompletableFutureDelayScheduler",
            "awaitility-thread");

    private static Set<String> threads() {
      return Thread.getAllStackTraces().keySet().stream()
          .map(Thread::getName)
          .filter(name -> OF_OTHERS.stream().noneMatch(name::startsWith))
          .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noThreadOfTheirsIsLeft() {
      Set<String> before = threads();
      List<String> during = new ArrayList<>();

      try (Granary granary = Granary.start()) {
        granary.createTopic("clicks", 1);
        write(granary, granary.system(), "clicks", "one");
        during.addAll(threads());
      }
      try (GranaryCluster cluster = Granary.cluster(2)) {
        cluster.createTopic("clicks", 1);
        Granary second = cluster.broker(2);
        write(second, second.system(), "clicks", "one");
      }

      assertThat(during).hasSizeGreaterThan(before.size());
      Awaitility.await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .untilAsserted(
              () -> {
                Set<String> left = threads();
                left.removeAll(before);
                assertThat(left).isEmpty();
              });
    }
  }
}
