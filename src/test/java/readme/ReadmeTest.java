package readme;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import streams.Committer;
import streams.CommitterSettings;
import streams.Consumer;
import streams.Consumer.DrainingControl;
import streams.ConsumerSettings;
import streams.Granary;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerSettings;
import streams.Subscriptions;
import streams.grpc.GranaryClient;
import streams.grpc.GrpcEdge;
import streams.net.FreePorts;

/** The Java in README.md, run as it stands there. */
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private final PrintStream console = System.out;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
  }

  @AfterEach
  void listenNoMore() {
    System.setOut(console);
  }

  private void awaitOutput(String... lines) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(out.toString(UTF_8).lines()).contains(lines));
  }

  @Test
  void aBrokerInAProgram() {
    try (Granary granary = Granary.start()) { // on a free port, its data in a temporary directory
      granary.createTopic("numbers", 3);
      System.out.println("Kafka clients find it at " + granary.bootstrapServers());
    }

    assertThat(out.toString(UTF_8)).startsWith("Kafka clients find it at 127.0.0.1:");
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // README is shorter for it
  void asAStream() {
    try (Granary granary = Granary.start()) {
      granary.createTopic("numbers", 1);

      var producer =
          ProducerSettings.create(granary, new StringSerializer(), new StringSerializer());
      var consumer =
          ConsumerSettings.create(granary, new StringDeserializer(), new StringDeserializer());

      Source.range(1, 1_000)
          .map(i -> new ProducerRecord<>("numbers", "key" + i % 10, "value " + i))
          .runWith(
              Producer.plainSink(producer), granary.system()) // completes when all is acknowledged
          .thenRun(() -> System.out.println("written"));

      Consumer.plainSource(
              consumer,
              Subscriptions.assignmentWithOffset(Map.of(new TopicPartition("numbers", 0), 0L)))
          .runForeach(record -> System.out.println(record.value()), granary.system());

      awaitOutput("written", "value 1", "value 1000");
    }
  }

  @Test
  void asAMemberOfAGroup() {
    try (Granary granary = Granary.start()) {
      granary.createTopic("numbers", 1);
      var producer =
          ProducerSettings.create(granary, new StringSerializer(), new StringSerializer());
      var consumer =
          ConsumerSettings.create(granary, new StringDeserializer(), new StringDeserializer())
              .withStartPosition(streams.StartPosition.EARLIEST);
      Source.single(new ProducerRecord<>("numbers", "key", "value"))
          .runWith(Producer.plainSink(producer), granary.system())
          .toCompletableFuture()
          .join();

      DrainingControl<Done> reading =
          Consumer.committableSource(
                  consumer.withGroupId("readers"), Subscriptions.topics("numbers"))
              .map(
                  message -> {
                    System.out.println(message.record().value());
                    return message.committableOffset();
                  })
              .toMat(
                  Committer.sink(CommitterSettings.create(granary.system())),
                  Consumer::createDrainingControl)
              .run(granary.system());
      awaitOutput("value");

      var drained =
          reading.drainAndShutdown(
              granary.system().executionContext()); // commits what is under way, then leaves

      assertThat(drained).succeedsWithin(Duration.ofSeconds(30));
    }
  }

  @Test
  @SuppressWarnings("FutureReturnValueIgnored") // README is shorter for it
  void fromAProgramWithoutABroker() {
    String brokers = "127.0.0.1:" + FreePorts.take(1).get(0);
    Config port =
        ConfigFactory.parseString("granary.grpc.port = " + brokers.replaceFirst(".*:", ""));
    ActorSystem<?> system =
        ActorSystem.create(
            Behaviors.empty(),
            "elsewhere",
            ConfigFactory.parseString("pekko.loglevel = WARNING")
                .withFallback(ConfigFactory.load()));
    try (Granary granary =
        Granary.start(GranarySettings.create().withConfig(port).withEdge(new GrpcEdge()))) {
      granary.createTopic("numbers", 1);

      GranaryClient.connect(system, brokers) // "host-a:9192,host-b:9192"
          .thenAccept(
              client ->
                  Source.range(1, 1_000)
                      .map(i -> new ProducerRecord<>("numbers", "key" + i % 10, "value " + i))
                      .runWith(
                          Producer.plainSink(
                              client.producer(new StringSerializer(), new StringSerializer())),
                          system));

      Consumer.plainSource(
              ConsumerSettings.create(granary, new StringDeserializer(), new StringDeserializer()),
              Subscriptions.assignmentFromBeginning(new TopicPartition("numbers", 0)))
          .runForeach(record -> System.out.println(record.value()), granary.system());
      awaitOutput("value 1", "value 1000");
    } finally {
      ActorTestKit.shutdown(system);
    }
  }

  /** But for comments, and where lines break. */
  private static String code(String text) {
    return text.replaceAll("//[^\n]*", "").replaceAll("\\s+", "");
  }

  @Test
  void isWhatIsTriedHere() throws IOException {
    String tried;
    try (Stream<Path> sources = Files.list(Path.of("src/test/java/readme"))) {
      tried =
          sources
              .sorted()
              .map(
                  source -> {
                    try {
                      return code(Files.readString(source));
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  })
              .collect(Collectors.joining());
    }

    List<String> snippets =
        JAVA.matcher(Files.readString(Path.of("README.md")))
            .results()
            .map((MatchResult found) -> code(found.group(1)))
            .toList();

    assertThat(snippets)
        .hasSizeGreaterThan(3)
        .allSatisfy(snippet -> assertThat(tried).contains(snippet));
  }
}
