package cli;

import cli.cluster.ClusterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A cluster to try: node 1 runs in this process, the others are processes of their own that end
 * with it, however it ends. File and data lie in a directory of their own, away from any cluster of
 * the user's.
 */
final class QuickstartCluster implements AutoCloseable {
  private static final int START_SECONDS_MAX = 120;
  private static final int STOP_SECONDS_MAX = 30;

  private final Services services;
  private final Console console;
  private final ClusterFile file;
  private final NodeProcess self;
  private final List<NodeProcess> children;
  private final Thread hook = new Thread(this::stopChildren, "granary-stop-children");

  private QuickstartCluster(Services services, ClusterFile file) {
    this.services = services;
    this.console = services.console();
    this.file = file;
    this.self = new NodeProcess(file.node(1));
    this.children =
        file.nodes().keySet().stream()
            .filter(id -> id != 1)
            .map(id -> new NodeProcess(file.node(id)))
            .toList();
  }

  /**
   * Writes the cluster's file, with ports that are free now.
   *
   * @param data the data directory that the user chose; the cluster lies in one of its own below it
   * @param kafkaPort of node 1
   */
  static QuickstartCluster prepare(Services services, Path data, int brokers, int kafkaPort)
      throws IOException {
    Path directory = data.resolve("quickstart-" + brokers).toAbsolutePath().normalize();
    Path path = directory.resolve("cluster.conf");
    if (Files.exists(path)) {
      refuseIfRunning(new QuickstartCluster(services, ClusterFile.read(path)));
    }
    Files.createDirectories(directory);
    Files.writeString(path, text(brokers, kafkaPort));
    return new QuickstartCluster(services, ClusterFile.read(path));
  }

  private static void refuseIfRunning(QuickstartCluster before) {
    before.children.stream()
        .filter(child -> child.running().isPresent())
        .findFirst()
        .or(() -> Optional.of(before.self).filter(self -> self.running().isPresent()))
        .ifPresent(
            node -> {
              throw CommandFailure.failed(
                  String.format(
                      "node %d of %s runs already, as process %d; end it with: %s cluster stop"
                          + " --config %s",
                      node.id(),
                      before.file.path(),
                      node.running().orElseThrow().pid(),
                      before.granary(),
                      before.file.path()));
            });
  }

  private static String text(int brokers, int kafkaPort) {
    StringBuilder text = new StringBuilder();
    text.append("# Written by granary quickstart --brokers ").append(brokers).append(", anew each");
    text.append(" time.\n\ncluster.name = \"quickstart-")
        .append(brokers)
        .append("\"\n\nnodes = [\n");
    List<Integer> free = Ports.free(3 * brokers);
    for (int id = 1; id <= brokers; id++) {
      List<Integer> ports = free.subList(3 * (id - 1), 3 * id);
      text.append(
          String.format(
              "  { id = %d, host = \"127.0.0.1\", kafka-port = %d, remoting-port = %d,"
                  + " admin-port = %d, rack = \"%c\", data = \"%d\" }%n",
              id,
              id == 1 ? kafkaPort : ports.get(0),
              ports.get(1),
              ports.get(2),
              (char) ('a' + id - 1),
              id));
    }
    text.append("]\n\nbroker {\n  default.replication.factor = 3\n  min.insync.replicas = 2\n}\n");
    return text.toString();
  }

  ClusterFile file() {
    return file;
  }

  /** How the user has called this program. */
  String granary() {
    return console.variable("GRANARY_COMMAND").orElse("granary");
  }

  /** Starts all nodes and waits until each is among the cluster's brokers. */
  RunningBroker start() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(hook);
    self.claim();
    LogSetup.toFile(self.log());
    fleet().startWith(ProcessHandle.current());
    RunningBroker broker = startSelf();
    fleet().awaitServing(START_SECONDS_MAX);
    return broker;
  }

  private NodeFleet fleet() {
    return new NodeFleet(console, file, children);
  }

  private RunningBroker startSelf() throws InterruptedException {
    CompletableFuture<RunningBroker> starting =
        services
            .launcher()
            .launch(file.overrides(), file.settingsOf(file.node(1)))
            .toCompletableFuture();
    try {
      return starting.orTimeout(START_SECONDS_MAX, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        fleet().checkAlive();
        throw CommandFailure.failed(
            "the cluster did not form within "
                + START_SECONDS_MAX
                + " s; the nodes' logs beside "
                + file.path()
                + " say why");
      }
      throw e;
    }
  }

  /** Ends a child as power loss of its machine would: kill -9. */
  ProcessHandle kill(int id) {
    ProcessHandle process = child(id).running().orElseThrow();
    process.destroyForcibly();
    return process;
  }

  /** Starts a child that was killed. */
  void restart(int id) throws IOException {
    new NodeFleet(console, file, List.of(child(id))).startWith(ProcessHandle.current());
  }

  private NodeProcess child(int id) {
    return children.stream().filter(each -> each.id() == id).findFirst().orElseThrow();
  }

  /** Ends the children; cleanly, if they do it in time. */
  private void stopChildren() {
    List<ProcessHandle> running =
        children.stream().flatMap(child -> child.running().stream()).toList();
    running.forEach(ProcessHandle::destroy);
    CompletableFuture<?> ended =
        CompletableFuture.allOf(
            running.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      ended.orTimeout(STOP_SECONDS_MAX, TimeUnit.SECONDS).join();
    } catch (CompletionException notInTime) {
      running.forEach(ProcessHandle::destroyForcibly);
      console.say("granary: nodes that did not stop within %d s were killed", STOP_SECONDS_MAX);
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException isEnding) {
      return; // the hook is at it
    }
    stopChildren();
  }

  /** For {@code bootstrap.servers}. */
  Map<String, Object> clientProperties(int patienceMillis) {
    return Map.of(
        "bootstrap.servers",
        file.bootstrap(),
        "default.api.timeout.ms",
        patienceMillis,
        "request.timeout.ms",
        patienceMillis / 2,
        "reconnect.backoff.max.ms",
        200,
        "enable.metrics.push",
        "false");
  }
}
