package streams;

import actors.broker.Node;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.pekko.Done;
import streams.kafka.ImageWait;

/**
 * Brokers in this program that are one cluster, with ids from 1: to try out what happens when one
 * of them dies. A topic has three replicas (or as many as there are brokers) and takes a write that
 * two of them have, unless the settings say otherwise. The first three brokers keep the metadata
 * journal; while two of those are gone, nothing is decided. Safe from any thread.
 */
public final class GranaryCluster implements AutoCloseable {
  /** With what each was started last; its ports are settled in it. */
  private final NavigableMap<Integer, GranarySettings> settings = new TreeMap<>();

  private final NavigableMap<Integer, Granary> running = new TreeMap<>();
  private final Optional<TemporaryDirectory> temporary;
  private CompletionStage<Done> closed;

  private GranaryCluster(Map<Integer, Granary> started, Optional<TemporaryDirectory> temporary) {
    this.temporary = temporary;
    started.forEach(this::started);
  }

  /**
   * Starts brokers on free ports, their data in a temporary directory.
   *
   * @param brokers so many, 1 to 9
   * @throws StartFailed if one of them does not start
   */
  public static GranaryCluster start(int brokers) {
    return start(brokers, GranarySettings.create());
  }

  /**
   * Starts brokers, and returns when each of them takes part and all of them know it.
   *
   * @param brokers so many, 1 to 9
   * @param each of them is like this: in the data directory each has one of its own, named after
   *     its id; of the Kafka port, unless any will do, it is the first broker's, and the others
   *     have those that follow
   * @throws StartFailed if one of them does not start
   */
  public static GranaryCluster start(int brokers, GranarySettings each) {
    if (brokers < 1 || brokers > Limits.BROKERS_MAX) {
      throw new IllegalArgumentException(
          "a cluster in one program has 1 to %d brokers, not %d"
              .formatted(Limits.BROKERS_MAX, brokers));
    }
    ClusterLaunch launch = ClusterLaunch.of(brokers, each);
    GranaryCluster cluster = new GranaryCluster(launch.started(), launch.temporary());
    cluster.awaitAllKnown();
    return cluster;
  }

  private synchronized void started(int id, Granary broker) {
    running.put(id, broker);
    settings.put(
        id,
        broker.settings().kafkaPort().isPresent()
            ? broker.settings().withKafkaPort(broker.kafkaPort())
            : broker.settings());
  }

  /** The brokers that run, by id. */
  public synchronized List<Granary> brokers() {
    return List.copyOf(running.values());
  }

  /**
   * @throws IllegalStateException if it does not run
   */
  public synchronized Granary broker(int id) {
    Granary broker = running.get(id);
    if (broker == null) {
      throw new IllegalStateException(
          "broker %d does not run; %s do".formatted(id, running.keySet()));
    }
    return broker;
  }

  /**
   * Where Kafka clients reach the cluster, whichever of its brokers run.
   *
   * @throws IllegalStateException if it has no ports for them
   */
  public synchronized String bootstrapServers() {
    return settings.values().stream()
        .filter(one -> one.kafkaPort().isPresent())
        .map(one -> one.node(one.kafkaPort().getAsInt(), Path.of("")))
        .map(node -> node.advertisedHost() + ":" + node.kafkaPort())
        .collect(
            Collectors.collectingAndThen(
                Collectors.joining(","),
                all -> {
                  if (all.isEmpty()) {
                    throw new IllegalStateException("no broker has a port for Kafka clients");
                  }
                  return all;
                }));
  }

  /**
   * Ends a broker as the death of its process would: nothing is handed over, and the others find
   * out by themselves. Returns when it is gone. That nothing is lost with a machine's memory is not
   * tried out by this: its files are closed.
   *
   * @throws IllegalStateException if it does not run
   */
  public void kill(int id) {
    Granary broker = broker(id);
    Waiting.join(broker.kill(), Limits.CLOSE_WAIT, "broker " + id + " to die");
    forget(id);
  }

  /**
   * Closes a broker, which hands over what it leads, and returns when it is gone.
   *
   * @throws IllegalStateException if it does not run
   */
  public void stop(int id) {
    broker(id).close();
    forget(id);
  }

  private synchronized void forget(int id) {
    running.remove(id);
  }

  /**
   * Starts a broker again that was killed or stopped, on its ports and its data, and returns when
   * it takes part and all others know it.
   *
   * @throws IllegalStateException if it runs, or never did
   * @throws StartFailed if it does not start
   */
  public Granary restart(int id) {
    Granary broker = Granary.start(settingsOfGone(id));
    started(id, broker);
    awaitAllKnown();
    return broker;
  }

  private synchronized GranarySettings settingsOfGone(int id) {
    if (closed != null || running.containsKey(id) || !settings.containsKey(id)) {
      throw new IllegalStateException(
          "broker %d cannot be restarted; of %s, %s run"
              .formatted(id, settings.keySet(), running.keySet()));
    }
    return settings.get(id);
  }

  private void awaitAllKnown() {
    List<Granary> all = brokers();
    for (Granary one : all) {
      boolean inTime =
          ImageWait.until(
                  one.node(),
                  Limits.START_WAIT,
                  image -> all.stream().allMatch(other -> image.isActive(other.brokerId())))
              .toCompletableFuture()
              .join();
      if (!inTime) {
        close();
        throw new StartFailed(
            "the brokers did not come to know each other within %s".formatted(Limits.START_WAIT),
            null);
      }
    }
  }

  /**
   * Creates a topic, and returns when it can be used at every broker that runs.
   *
   * @param partitions so many; -1: as the setting {@code num.partitions} says
   * @throws org.apache.kafka.common.errors.ApiException as Kafka's admin client would
   */
  public void createTopic(String name, int partitions) {
    createTopics(new NewTopic(name, Optional.of(partitions), Optional.empty()));
  }

  /** As {@link #createTopic}, of each. */
  public void createTopics(NewTopic... topics) {
    Collection<NewTopic> wanted = Arrays.asList(topics);
    Waiting.join(
        TopicCalls.create(anyNode(), nodes(), wanted),
        Limits.TOPIC_CHANGE_WAIT.multipliedBy(2),
        "topics to be created");
  }

  /**
   * Deletes topics, and returns when they are gone at every broker that runs.
   *
   * @throws org.apache.kafka.common.errors.ApiException as Kafka's admin client would
   */
  public void deleteTopics(String... names) {
    Waiting.join(
        TopicCalls.delete(anyNode(), nodes(), Arrays.asList(names)),
        Limits.TOPIC_CHANGE_WAIT.multipliedBy(2),
        "topics to be deleted");
  }

  private List<Node> nodes() {
    return brokers().stream().map(Granary::node).toList();
  }

  private Node anyNode() {
    return nodes().stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no broker of the cluster runs"));
  }

  /**
   * Ends all brokers: cleanly, unless their data goes with them. Again does nothing more.
   *
   * @return completed when nothing of them runs any more
   */
  public synchronized CompletionStage<Done> closeAsync() {
    if (closed == null) {
      closed =
          CompletableFuture.allOf(
                  running.values().stream()
                      .map(
                          broker ->
                              temporary.isPresent()
                                  ? broker.kill().thenCompose(done -> broker.closeAsync())
                                  : broker.closeAsync())
                      .map(CompletionStage::toCompletableFuture)
                      .toArray(CompletableFuture<?>[]::new))
              .thenRunAsync(() -> temporary.ifPresent(TemporaryDirectory::delete))
              .thenApply(done -> Done.getInstance());
      running.clear();
    }
    return closed;
  }

  /** As {@link #closeAsync}, and returns when that is done. */
  @Override
  public void close() {
    Waiting.join(closeAsync(), Limits.CLOSE_WAIT, "the brokers to stop");
  }
}
