package streams;

import actors.broker.GranaryNode;
import actors.broker.Node;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * A broker in this program.
 *
 * <pre>{@code
 * try (Granary granary = Granary.start()) {
 *   granary.createTopic("clicks", 3);
 *   ...
 * }
 * }</pre>
 *
 * <p>It runs in an actor system of its own, starts none of its threads before it is started and
 * leaves none behind when it is closed. As many as there is memory for may run in one JVM. It never
 * ends the JVM and has no shutdown hook: whoever starts it closes it. What it logs goes to whatever
 * SLF4J of the program is bound to. Safe from any thread.
 */
public final class Granary implements AutoCloseable {
  private final Launch launch;
  private final GranaryNode node;
  private CompletionStage<Done> closed;

  private Granary(Launch launch) {
    this.launch = launch;
    this.node = launch.node();
  }

  /**
   * Starts a broker on a free port, its data in a temporary directory.
   *
   * @throws StartFailed if it does not start
   */
  public static Granary start() {
    return start(GranarySettings.create());
  }

  /**
   * Starts a broker, and returns when it serves.
   *
   * @throws StartFailed if it does not start, or not in time
   */
  public static Granary start(GranarySettings settings) {
    CompletableFuture<Granary> starting = startAsync(settings).toCompletableFuture();
    try {
      return starting.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var unused = starting.thenCompose(Granary::closeAsync); // nobody wants it any more
      throw new StartFailed("interrupted while broker " + settings.brokerId() + " started", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof StartFailed failed
          ? failed
          : Launch.failure(settings, e.getCause());
    }
  }

  /**
   * Starts a broker.
   *
   * @return completed when it serves; failed with {@link StartFailed}
   */
  public static CompletionStage<Granary> startAsync(GranarySettings settings) {
    return CompletableFuture.supplyAsync(() -> new Granary(Launch.of(settings)))
        .thenCompose(Granary::serving)
        .exceptionallyCompose(
            failure ->
                CompletableFuture.failedStage(Launch.failure(settings, Waiting.causeOf(failure))));
  }

  /**
   * Starts so many brokers that are one cluster.
   *
   * @see GranaryCluster
   */
  public static GranaryCluster cluster(int brokers) {
    return GranaryCluster.start(brokers);
  }

  /** Completes with this when it serves; a broker that does not come to that is closed. */
  private CompletionStage<Granary> serving() {
    return launch
        .started()
        .thenApply(serves -> this)
        .exceptionallyCompose(
            failure ->
                closeAsync()
                    .handle((done, notClosed) -> Waiting.causeOf(failure))
                    .thenCompose(CompletableFuture::failedStage));
  }

  /**
   * Where Kafka clients reach it, for {@code bootstrap.servers}.
   *
   * @throws IllegalStateException if it has no port for them
   */
  public String bootstrapServers() {
    return node.settings().advertisedHost() + ":" + kafkaPort();
  }

  /**
   * The port for Kafka clients.
   *
   * @throws IllegalStateException if it has none
   */
  public int kafkaPort() {
    return launch
        .kafka()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "broker " + brokerId() + " was started without a port for Kafka clients"))
        .port();
  }

  public int brokerId() {
    return node.brokerId();
  }

  /** Where its data is. */
  public Path dataDirectory() {
    return node.settings().dataDirectory();
  }

  /** The broker as streams' settings take it, and as the rooms below offer it. */
  public Node node() {
    return node;
  }

  /**
   * The broker's actor system, for those who have none of their own to run streams in. If the
   * cluster has cut the broker off, it goes on in another; streams that ran in this one have failed
   * then.
   */
  public ActorSystem<?> system() {
    return node.system();
  }

  /**
   * Creates a topic, and returns when it can be used.
   *
   * @param partitions so many; -1: as the setting {@code num.partitions} says
   * @throws org.apache.kafka.common.errors.ApiException as Kafka's admin client would
   */
  public void createTopic(String name, int partitions) {
    createTopics(new NewTopic(name, Optional.of(partitions), Optional.empty()));
  }

  /** As {@link #createTopic}, of each. */
  public void createTopics(NewTopic... topics) {
    Waiting.join(
        createTopicsAsync(Arrays.asList(topics)),
        Limits.TOPIC_CHANGE_WAIT.multipliedBy(2),
        "topics to be created");
  }

  /**
   * Creates topics, each for itself.
   *
   * @return completed when they can be used; failed with an {@link
   *     org.apache.kafka.common.errors.ApiException} for the first that was refused
   */
  public CompletionStage<Done> createTopicsAsync(Collection<NewTopic> topics) {
    return TopicCalls.create(node, List.of(node), topics);
  }

  /**
   * Deletes topics, and returns when they are gone.
   *
   * @throws org.apache.kafka.common.errors.ApiException as Kafka's admin client would
   */
  public void deleteTopics(String... names) {
    Waiting.join(
        deleteTopicsAsync(Arrays.asList(names)),
        Limits.TOPIC_CHANGE_WAIT.multipliedBy(2),
        "topics to be deleted");
  }

  /** As {@link #createTopicsAsync}, of topics that are no more then. */
  public CompletionStage<Done> deleteTopicsAsync(Collection<String> names) {
    return TopicCalls.delete(node, List.of(node), names);
  }

  /** Completes when it has stopped: because it was closed, or by itself; its log says why then. */
  public CompletionStage<Done> whenStopped() {
    return node.whenStopped();
  }

  /**
   * Hands over what it leads, if there are others to take it, closes port, logs and actor system,
   * and removes the data directory if that is a temporary one. Again does nothing more.
   *
   * @return completed when nothing of it runs any more
   */
  public synchronized CompletionStage<Done> closeAsync() {
    if (closed == null) {
      closed = (launch.isMissedByNobody() ? node.kill() : node.stop()).thenApplyAsync(this::freed);
    }
    return closed;
  }

  /**
   * As {@link #closeAsync}, and returns when that is done.
   *
   * @throws IllegalStateException if that takes longer than a minute and a half, or this thread is
   *     interrupted; it goes on all the same
   */
  @Override
  public void close() {
    Waiting.join(closeAsync(), Limits.CLOSE_WAIT, "broker " + brokerId() + " to stop");
  }

  private Done freed(Done stopped) {
    launch.free();
    return stopped;
  }

  /** Ends without a word to the others, as a process that is killed; its data stays. */
  CompletionStage<Done> kill() {
    return node.kill();
  }

  GranarySettings settings() {
    return launch.settings();
  }
}
