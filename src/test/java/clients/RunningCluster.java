package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/** Three brokers, each in a process of its own, all started from one cluster file. */
final class RunningCluster implements AutoCloseable {
  private static final int SIZE = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Path home;
  private final SortedMap<Integer, ClusterNode> nodes = new TreeMap<>();
  private final Optional<Network> network;
  private final Optional<SmallDisk> smallDisk;

  /**
   * @param withGrpc whether the nodes serve gRPC clients too
   * @param diskMegabytes of the last node's small disk; 0: it has none
   * @param brokerSettings beside those of all clusters of tests
   */
  private RunningCluster(
      boolean withNetwork,
      boolean withGrpc,
      int diskMegabytes,
      Map<String, Object> brokerSettings) {
    home =
        Path.of(
                "target",
                "clients",
                "cluster-" + ProcessHandle.current().pid() + "-" + NUMBER.getAndIncrement())
            .toAbsolutePath();
    Map<Integer, List<Integer>> ports = new TreeMap<>();
    for (int id = 1; id <= SIZE; id++) {
      ports.put(id, FreePorts.take(4));
    }
    Map<Integer, Integer> remoting = new HashMap<>();
    ports.forEach((id, ofIt) -> remoting.put(id, ofIt.get(1)));
    network = withNetwork ? Optional.of(new Network(remoting)) : Optional.empty();
    smallDisk = diskMegabytes == 0 ? Optional.empty() : SmallDisk.mount(data(SIZE), diskMegabytes);
    Path file = home.resolve("cluster.conf");
    StringBuilder lines = new StringBuilder();
    ports.forEach(
        (id, ofIt) -> {
          lines.append(line(id, ofIt, withGrpc, data(id)));
          nodes.put(
              id,
              new ClusterNode(
                  id,
                  home,
                  file,
                  ofIt.get(0),
                  ofIt.get(3),
                  data(id),
                  network.map(between -> between.jvmOptions(id)).orElse(List.of())));
        });
    write(file, lines, brokerSettings);
  }

  private Path data(int id) {
    return home.resolve("data").resolve(Integer.toString(id));
  }

  private static String line(int id, List<Integer> ports, boolean withGrpc, Path data) {
    return """
      { id = %d, kafka-port = %d, remoting-port = %d, admin-port = %d, %s data = "%s" }
    """
        .formatted(
            id,
            ports.get(0),
            ports.get(1),
            ports.get(2),
            withGrpc ? "grpc-port = " + ports.get(3) + "," : "",
            data);
  }

  private static void write(Path file, CharSequence nodes, Map<String, Object> brokerSettings) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(
          file,
          """
          cluster { name = "tested" }
          nodes = [
          %s]
          broker {
            default.replication.factor = 3
            min.insync.replicas = 2
            auto.create.topics.enable = false
          %s
          }
          """
              .formatted(
                  nodes,
                  brokerSettings.entrySet().stream()
                      .map(setting -> "  " + setting.getKey() + " = " + setting.getValue())
                      .collect(Collectors.joining("\n"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not started yet; nodes speak directly to each other. */
  static RunningCluster prepared() {
    return new RunningCluster(false, false, 0, Map.of());
  }

  /** The same, and every node serves gRPC clients. */
  static RunningCluster preparedWithGrpc() {
    return new RunningCluster(false, true, 0, Map.of());
  }

  /**
   * Not started yet; between the nodes lies a network that can be harmed, and the last one has a
   * disk that can be filled, where that is possible.
   */
  static RunningCluster preparedForHarm(int diskMegabytes, Map<String, Object> brokerSettings) {
    return new RunningCluster(true, false, diskMegabytes, brokerSettings);
  }

  /** Starts all nodes in a random order, and waits until they are one cluster. */
  RunningCluster start(Random random) {
    startAll(random);
    awaitFormed();
    return this;
  }

  /** Starts every node that does not run, in a random order. */
  void startAll(Random random) {
    List<ClusterNode> order = new ArrayList<>(nodes.values());
    Collections.shuffle(order, random);
    order.stream().filter(node -> !node.isAlive()).forEach(ClusterNode::start);
  }

  ClusterNode node(int id) {
    return nodes.get(id);
  }

  Collection<ClusterNode> nodes() {
    return nodes.values();
  }

  Network network() {
    return network.orElseThrow();
  }

  Optional<SmallDisk> smallDisk() {
    return smallDisk;
  }

  Path home() {
    return home;
  }

  String bootstrap() {
    return nodes.values().stream()
        .map(node -> "127.0.0.1:" + node.kafkaPort())
        .collect(Collectors.joining(","));
  }

  /** Where gRPC clients are served, if they are. */
  String grpcEndpoints() {
    return nodes.values().stream()
        .map(node -> "127.0.0.1:" + node.grpcPort())
        .collect(Collectors.joining(","));
  }

  Map<String, Object> clientSettings() {
    return Map.of(
        "bootstrap.servers",
        bootstrap(),
        // All of them may be down for a while and come back.
        "metadata.recovery.rebootstrap.trigger.ms",
        10_000,
        "default.api.timeout.ms",
        (int) PATIENCE.toMillis());
  }

  Admin admin() {
    return Admin.create(clientSettings());
  }

  /** Waits until every node names all nodes. */
  void awaitFormed() {
    await("three nodes that know each other")
        .atMost(PATIENCE)
        .pollInterval(LOOK_AGAIN)
        .until(
            () -> {
              assertAllAlive();
              return nodes.values().stream().allMatch(node -> brokersNamedBy(node) == SIZE);
            });
  }

  private static int brokersNamedBy(ClusterNode node) {
    MetadataRequestData noTopics =
        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false);
    try (WireConnection wire = WireConnection.to(node.kafkaPort())) {
      MetadataResponseData answer =
          ((MetadataResponse) wire.ask(new MetadataRequest(noTopics, (short) 4))).data();
      return answer.controllerId() >= 0 ? answer.brokers().size() : 0;
    } catch (IOException notThere) {
      return 0;
    }
  }

  /** A topic with three replicas of each partition, all of them in sync. */
  void createTopic(String topic, int partitions) {
    try (Admin admin = admin()) {
      Clients.result(
          admin
              .createTopics(
                  List.of(
                      new NewTopic(topic, partitions, (short) SIZE)
                          .configs(Map.of("min.insync.replicas", "2"))))
              .all());
    }
    awaitInSync(topic);
  }

  /** Waits until all three replicas of every partition are in sync and one leads. */
  void awaitInSync(String topic) {
    try (Admin admin = admin()) {
      await("all replicas of " + topic + " in sync")
          .atMost(PATIENCE)
          .pollInterval(LOOK_AGAIN)
          .ignoreExceptionsMatching(KafkaException.class::isInstance)
          .until(
              () -> {
                assertAllAlive();
                return partitions(admin, topic).stream()
                    .allMatch(partition -> partition.isr().size() == SIZE && hasLeader(partition));
              });
    }
  }

  /** Waits until one node could lose everything it has, and nothing would be lost. */
  void awaitWhole(List<String> topics) {
    topics.forEach(this::awaitInSync);
    await("the journals of all nodes whole")
        .atMost(PATIENCE)
        .pollInterval(LOOK_AGAIN)
        .until(() -> nodes().stream().allMatch(ClusterNode::hasWholeJournal));
  }

  /** The leader, as the cluster tells clients. */
  ClusterNode leader(String topic, int partition) {
    try (Admin admin = admin()) {
      return await("a leader of " + topic + "-" + partition)
          .atMost(PATIENCE)
          .pollInterval(LOOK_AGAIN)
          .ignoreExceptionsMatching(KafkaException.class::isInstance)
          .until(
              () ->
                  partitions(admin, topic).stream()
                      .filter(info -> info.partition() == partition && hasLeader(info))
                      .findFirst()
                      .map(info -> node(info.leader().id())),
              Optional::isPresent)
          .orElseThrow();
    }
  }

  /** Ids of the partition's replicas in sync. */
  Set<Integer> inSync(String topic, int partition) {
    try (Admin admin = admin()) {
      return partitions(admin, topic).get(partition).isr().stream()
          .map(Node::id)
          .collect(Collectors.toCollection(HashSet::new));
    }
  }

  /** The node on which the controller says that it runs. */
  ClusterNode controller() {
    try (Admin admin = admin()) {
      return node(Clients.result(admin.describeCluster().controller()).id());
    }
  }

  private static boolean hasLeader(TopicPartitionInfo partition) {
    return partition.leader() != null && !partition.leader().isEmpty();
  }

  private static List<TopicPartitionInfo> partitions(Admin admin, String topic) {
    TopicDescription description =
        Clients.result(admin.describeTopics(List.of(topic)).allTopicNames()).get(topic);
    return description.partitions();
  }

  /** Fails if a node that was started has ended by itself. */
  private void assertAllAlive() {
    for (ClusterNode node : nodes.values()) {
      if (!node.isAlive()) {
        throw new IllegalStateException(node + " has ended; it said:\n" + node.said());
      }
    }
  }

  /** Fails if a node found itself wrong, or ran out of memory. */
  void assertUnharmed() {
    assertThat(complaints()).isEmpty();
  }

  /** What nodes have said that none ever should. */
  List<String> complaints() {
    return nodes.values().stream()
        .flatMap(
            node ->
                node.said()
                    .lines()
                    .filter(RunningCluster::isComplaint)
                    .map(line -> node + " said: " + line))
        .toList();
  }

  private static boolean isComplaint(String line) {
    return line.contains("OutOfMemoryError") || line.contains("InvariantViolation");
  }

  /** SIGTERM to all at once, and waits for their ends. */
  void stopAll() {
    nodes.values().forEach(ClusterNode::terminate);
    for (ClusterNode node : nodes.values()) {
      ChildProcess.Finished finished = node.stop();
      assertThat(finished.exitCode())
          .as("exit code of %s on SIGTERM; it said:%n%s", node, finished.said())
          .isEqualTo(143);
    }
  }

  @Override
  public void close() {
    nodes.values().forEach(ClusterNode::resume);
    nodes.values().forEach(ClusterNode::close);
    network.ifPresent(Network::close);
    nodes.values().forEach(node -> deleteData(node.data()));
    smallDisk.ifPresent(SmallDisk::close);
  }

  /** Logs stay for whoever looks for the reason of a failure. */
  private static void deleteData(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
