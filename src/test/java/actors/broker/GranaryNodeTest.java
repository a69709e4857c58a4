package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.controller.Controller;
import actors.controller.TopicImage;
import actors.controller.TopicSpec;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.log.DirectoryRefused;
import storage.record.Batches;

class GranaryNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final short ACKS_ALL = -1;

  private final List<GranaryNode> nodes = new ArrayList<>();
  @TempDir Path root;

  @AfterEach
  void stopNodes() {
    List.copyOf(nodes).forEach(this::stop);
  }

  @Nested
  class WhenItRuns {
    @Test
    void servesTheTopicsThatAreCreated() {
      GranaryNode node = start(settings(1, "one"));

      TopicImage topic = create(node, "orders");
      ReplicaReply.Appended first = append(node, "orders", 0, 3);
      ReplicaReply.Appended second = append(node, "orders", 0, 2);

      assertThat(topic.partitions()).hasSize(2);
      assertThat(List.of(first.baseOffset(), second.baseOffset())).containsExactly(0L, 3L);
      assertThat(read(node, "orders", 0).highWatermark()).isEqualTo(5);
      assertThat(read(node, "orders", 1).highWatermark()).isZero();
    }

    @Test
    void takesATopicOfTheSameNameAsSoonAsTheFirstIsDeleted() {
      GranaryNode node = start(settings(1, "one"));
      for (int i = 0; i < 5; i++) {
        TopicImage topic = create(node, "orders");
        append(node, "orders", 0, 3);
        assertThat(read(node, "orders", 0).highWatermark()).isEqualTo(3);

        ask(
            node,
            (ActorRef<Outcome<TopicImage>> replyTo) ->
                new Controller.DeleteTopic(Optional.empty(), Optional.of(topic.id()), replyTo));
      }
    }

    @Test
    void handsOutProducerIdsWithoutRepeatOrGapAcrossBlocks() {
      GranaryNode node = start(settings(1, "one"));
      List<Long> ids = new ArrayList<>();

      for (int i = 0; i < 2_500; i++) {
        ids.add(join(node.nextProducerId()));
      }

      long first = ids.get(0);
      for (int i = 0; i < ids.size(); i++) {
        assertThat(ids.get(i)).isEqualTo(first + i);
      }
    }

    @Test
    void sharesTheJvmWithAnother() {
      GranaryNode one = start(settings(1, "one"));
      GranaryNode two = start(settings(2, "two"));

      create(one, "orders");
      create(two, "orders");
      append(one, "orders", 0, 3);

      assertThat(read(one, "orders", 0).highWatermark()).isEqualTo(3);
      assertThat(read(two, "orders", 0).highWatermark()).isZero();
      assertThat(one.metadata().clusterId()).isNotEqualTo(two.metadata().clusterId());
    }

    @Test
    void refusesAnotherNodeOnItsDirectory() {
      start(settings(1, "one"));

      Throwable refusal = refusalOf(settings(1, "one"));

      assertThat(refusal).isInstanceOf(DirectoryRefused.class);
      assertThat(refusal).hasMessageContaining("is in use by another process. Stop it");
    }

    @Test
    void doesNotStartWithoutAnEdgeThatRefusesItsSettings() {
      Edge strict =
          node -> {
            throw new ConfigException.BadValue("granary.grpc.streams-max", "not a number");
          };

      assertThat(GranaryNode.start(ConfigFactory.empty(), settings(1, "one"), strict))
          .failsWithin(PATIENCE)
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(ConfigException.BadValue.class);
    }
  }

  @Nested
  class WhenItIsStopped {
    @Test
    void hasEverythingWhenItIsStartedAgain() {
      GranaryNode before = start(settings(1, "one"));
      TopicImage topic = create(before, "orders");
      append(before, "orders", 1, 3);
      String clusterId = before.metadata().clusterId();
      long producerId = join(before.nextProducerId());
      stop(before);

      GranaryNode after = start(settings(1, "one"));

      assertThat(after.metadata().clusterId()).isEqualTo(clusterId);
      assertThat(after.metadata().topic("orders").map(TopicImage::id)).contains(topic.id());
      assertThat(read(after, "orders", 1).highWatermark()).isEqualTo(3);
      assertThat(append(after, "orders", 1, 1).baseOffset()).isEqualTo(3);
      assertThat(join(after.nextProducerId())).isGreaterThan(producerId);
    }

    @Test
    void leavesNoThreadBehind() {
      stop(start(settings(1, "warm-up")));
      Awaitility.await().atMost(PATIENCE).until(() -> ownThreads().isEmpty());

      GranaryNode node = start(settings(1, "one"));
      create(node, "orders");
      append(node, "orders", 0, 1);
      Set<String> running = ownThreads();
      stop(node);

      assertThat(running).isNotEmpty();
      Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(ownThreads()).isEmpty());
    }

    @Test
    void refusesADirectoryOfAnotherBroker() {
      stop(start(settings(1, "one")));

      Throwable refusal = refusalOf(settings(2, "one"));

      assertThat(refusal).isInstanceOf(DirectoryRefused.class);
      assertThat(refusal.getMessage()).contains("1").contains("2");
    }
  }

  @Nested
  class BeforeItStarts {
    @Test
    void refusesAnUnknownSettingByItsName() {
      Throwable refusal = refusalOf(settings(1, "one", Map.of("num.partitoins", "3")));

      assertThat(refusal).isInstanceOf(NodeRefused.class);
      assertThat(refusal).hasMessageContaining("num.partitoins");
      assertThat(root.resolve("one")).doesNotExist();
    }
  }

  /** Threads of nodes; the JVM's own and the common pool outlive them rightly. */
  private static Set<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(
            name -> name.startsWith("granary") || name.contains("Raft") || name.contains("raft"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private NodeSettings settings(int brokerId, String directory) {
    return settings(brokerId, directory, Map.of());
  }

  private NodeSettings settings(int brokerId, String directory, Map<String, String> configs) {
    return new NodeSettings(
        brokerId,
        "127.0.0.1",
        0,
        9_092,
        "127.0.0.1",
        Optional.empty(),
        root.resolve(directory),
        configs);
  }

  private GranaryNode start(NodeSettings settings) {
    GranaryNode node = join(GranaryNode.start(ConfigFactory.empty(), settings));
    nodes.add(node);
    return node;
  }

  private void stop(GranaryNode node) {
    nodes.remove(node);
    join(node.stop());
  }

  private Throwable refusalOf(NodeSettings settings) {
    try {
      nodes.add(
          GranaryNode.start(ConfigFactory.empty(), settings)
              .toCompletableFuture()
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    } catch (ExecutionException failed) {
      return failed.getCause();
    } catch (RuntimeException refused) {
      return refused;
    } catch (InterruptedException | TimeoutException other) {
      throw new AssertionError(other);
    }
    throw new AssertionError("it started");
  }

  private static TopicImage create(GranaryNode node, String topic) {
    TopicImage created =
        ask(
            node,
            (ActorRef<Outcome<TopicImage>> replyTo) ->
                new Controller.CreateTopic(TopicSpec.of(topic, 2, Map.of()), false, replyTo));
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> node.metadata().topic(created.id()).isPresent());
    return created;
  }

  private static <T> T ask(
      GranaryNode node,
      org.apache.pekko.japi.function.Function<ActorRef<Outcome<T>>, Controller.Command> command) {
    return join(AskPattern.ask(node.controller(), command, PATIENCE, node.system().scheduler()))
        .fold(
            accepted -> accepted,
            refused -> {
              throw new AssertionError(refused.message());
            });
  }

  private static ReplicaReply.Appended append(
      GranaryNode node, String topic, int partition, int count) {
    ActorRef<Replica.Command> replica = replica(node, topic, partition);
    ReplicaReply reply =
        join(
            AskPattern.ask(
                replica,
                (ActorRef<ReplicaReply> replyTo) ->
                    new Replica.Append(1, Batches.of(count, node.nowMillis()), ACKS_ALL, replyTo),
                PATIENCE,
                node.system().scheduler()));
    assertThat(((ReplicaReply.Appended) reply).error()).isEqualTo(Errors.NONE);
    return (ReplicaReply.Appended) reply;
  }

  private static ReplicaReply.Data read(GranaryNode node, String topic, int partition) {
    ActorRef<Replica.Command> replica = replica(node, topic, partition);
    ReplicaReply reply =
        join(
            AskPattern.ask(
                replica,
                (ActorRef<ReplicaReply> replyTo) ->
                    new Replica.Read(
                        1,
                        0,
                        1_000,
                        true,
                        false,
                        OptionalInt.empty(),
                        Replica.Read.DO_NOT_WAIT,
                        replyTo),
                PATIENCE,
                node.system().scheduler()));
    assertThat(((ReplicaReply.Data) reply).error()).isEqualTo(Errors.NONE);
    return (ReplicaReply.Data) reply;
  }

  /** The image of the topic reaches the broker a moment after the controller's answer. */
  private static ActorRef<Replica.Command> replica(GranaryNode node, String topic, int partition) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> node.replica(topic, partition), Optional::isPresent)
        .orElseThrow();
  }

  private static <T> T join(java.util.concurrent.CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | InterruptedException | TimeoutException failed) {
      throw new AssertionError(failed);
    }
  }
}
