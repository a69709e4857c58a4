package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The controller on one broker, asked and followed from another: real remoting on loopback. */
class BetweenBrokersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int BROKERS = 12;

  private static ActorTestKit first;
  private static ActorTestKit second;
  private static ActorRef<Controller.Command> controller;

  private final TestProbe<Controller.ImageChanged> images = second.createTestProbe();

  @BeforeAll
  static void start() {
    first = node(1);
    second = node(2);
    ControllerSingleton.start(first.system(), 1, BrokerConfigs.DEFAULTS);
    Cluster cluster = Cluster.get(first.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    awaitUp(first);
    controller = ControllerSingleton.start(second.system(), 2, BrokerConfigs.DEFAULTS);
    Cluster.get(second.system()).manager().tell(Join.create(cluster.selfMember().address()));
    awaitUp(second);
    for (int brokerId = 1; brokerId <= BROKERS; brokerId++) {
      BrokerEpoch epoch = accepted(register(brokerId)).epoch();
      int id = brokerId;
      accepted(
          BetweenBrokersTest.<BrokerEpoch>ask(
              replyTo -> new Controller.BrokerReady(id, epoch, replyTo)));
    }
  }

  /** Who asks to join what is no member yet is heard ten seconds later. */
  private static void awaitUp(ActorTestKit node) {
    node.createTestProbe()
        .awaitAssert(
            PATIENCE,
            () -> {
              assertThat(Cluster.get(node.system()).selfMember().status().toString())
                  .isEqualTo("Up");
              return node;
            });
  }

  @AfterAll
  static void stop() {
    second.shutdownTestKit();
    first.shutdownTestKit();
  }

  @BeforeEach
  void subscribe() {
    controller.tell(new Controller.Subscribe(images.getRef()));
    imageWhere(image -> image.isLive(BROKERS));
  }

  @Test
  void takesCommandsAnswersAndTellsOfEachChange() {
    TopicImage topic = accepted(create(new TopicSpec("small", 2, 3, Map.of(), Map.of())));

    ClusterMetadata image = imageWhere(seen -> seen.topic("small").isPresent());
    assertThat(image.topic("small")).contains(topic);
    assertThat(image.controllerId()).isEqualTo(1);

    PartitionImage partition = topic.partitions().get(0);
    TreeMap<Integer, BrokerEpoch> isr = new TreeMap<>();
    isr.put(partition.leader(), image.brokerById(partition.leader()).epoch());
    PartitionImage proposed =
        accepted(
            BetweenBrokersTest.<PartitionImage>ask(
                replyTo ->
                    new Controller.ProposeIsr(
                        topic.id(),
                        0,
                        partition.leader(),
                        partition.leaderEpoch(),
                        partition.partitionEpoch(),
                        isr,
                        replyTo)));
    assertThat(proposed.isr()).containsExactly(partition.leader());
    imageWhere(seen -> seen.partition("small", 0).orElseThrow().equals(proposed));
  }

  @Test
  void passesRefusalsOn() {
    Outcome<TopicImage> outcome = create(new TopicSpec("bad", 0, 1, Map.of(), Map.of()));

    assertThat(Images.error(outcome)).isEqualTo(Errors.INVALID_PARTITIONS);
  }

  @Test
  void carriesCommandsAnswersAndImagesThatFitIntoNoFrame() {
    Map<Integer, List<Integer>> assignments = new TreeMap<>();
    List<Integer> all = IntStream.rangeClosed(1, BROKERS).boxed().toList();
    for (int partition = 0; partition < Limits.PARTITIONS_PER_TOPIC_MAX; partition++) {
      assignments.put(partition, all);
    }

    TopicImage topic = accepted(create(new TopicSpec("large", -1, -1, assignments, Map.of())));

    assertThat(topic.partitions()).hasSize(Limits.PARTITIONS_PER_TOPIC_MAX);
    assertThat(imageWhere(image -> image.topic("large").isPresent()).topic("large"))
        .contains(topic);
    TestProbe<Controller.ImageChanged> late = second.createTestProbe();
    controller.tell(new Controller.Subscribe(late.getRef()));
    assertThat(late.receiveMessage(PATIENCE).image().topic("large")).contains(topic);
  }

  @Test
  void refusesACommandThatIsLargerThanAnyShouldBe() {
    Map<String, String> configs = Map.of("x", "y".repeat(Limits.COMMAND_BYTES_MAX));

    Outcome<TopicImage> outcome = create(TopicSpec.of("huge", 1, configs));

    assertThat(Images.error(outcome)).isEqualTo(Errors.POLICY_VIOLATION);
  }

  @Test
  void repeatsTheImageToWhoSubscribesAgain() {
    controller.tell(new Controller.Subscribe(images.getRef()));

    assertThat(images.receiveMessage(PATIENCE).image().brokers()).hasSize(BROKERS);
  }

  private static Outcome<TopicImage> create(TopicSpec spec) {
    return ask(replyTo -> new Controller.CreateTopic(spec, false, replyTo));
  }

  private static Outcome<Controller.Registration> register(int brokerId) {
    return ask(
        replyTo ->
            new Controller.RegisterBroker(
                brokerId, new Uuid(1, brokerId), "", "host", 1, Optional.empty(), replyTo));
  }

  private static <T> Outcome<T> ask(Function<ActorRef<Outcome<T>>, Controller.Command> command) {
    TestProbe<Outcome<T>> probe = second.createTestProbe();
    controller.tell(command.apply(probe.getRef()));
    return probe.receiveMessage(PATIENCE);
  }

  private static <T> T accepted(Outcome<T> outcome) {
    return outcome.fold(
        value -> value,
        refused -> {
          throw new AssertionError("refused: " + refused);
        });
  }

  private ClusterMetadata imageWhere(Predicate<ClusterMetadata> condition) {
    ClusterMetadata image = images.receiveMessage(PATIENCE).image();
    while (!condition.test(image)) {
      image = images.receiveMessage(PATIENCE).image();
    }
    return image;
  }

  private static ActorTestKit node(int brokerId) {
    Config own =
        ConfigFactory.parseString(
            """
            pekko.actor.provider = cluster
            pekko.actor.allow-java-serialization = off
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.cluster.jmx.enabled = off
            pekko.cluster.singleton-proxy.singleton-identification-interval = 100ms
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.cluster.roles = ["%s", "voter"]
            """
                .formatted(BrokerRole.of(brokerId)));
    return ActorTestKit.create(
        "BetweenBrokersTest",
        own.withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
            .withFallback(ConfigFactory.load()));
  }
}
