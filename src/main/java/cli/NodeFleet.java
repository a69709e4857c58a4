package cli;

import actors.cluster.ClusterFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** The nodes of a cluster file that run on this machine, started and stopped together. */
final class NodeFleet {
  private static final int ASK_MILLIS = 1_000;
  private static final Duration ASK = Duration.ofMillis(ASK_MILLIS);
  private static final int LAST_WORDS = 5;

  private final Console console;
  private final ClusterFile file;
  private final List<NodeProcess> processes;

  NodeFleet(Console console, ClusterFile file, List<NodeProcess> processes) {
    this.console = console;
    this.file = file;
    this.processes = processes;
  }

  /** {@code node 1}, {@code nodes 1, 2 and 3}. */
  String names() {
    List<String> ids = processes.stream().map(each -> Integer.toString(each.id())).toList();
    if (ids.size() == 1) {
      return "node " + ids.get(0);
    }
    return "nodes "
        + String.join(", ", ids.subList(0, ids.size() - 1))
        + " and "
        + ids.get(ids.size() - 1);
  }

  /** Starts those that do not run; they go on when this command has ended. */
  void start() throws IOException {
    start(Optional.empty());
  }

  /** Starts those that do not run; they end with the process, however that ends. */
  void startWith(ProcessHandle with) throws IOException {
    start(Optional.of(with));
  }

  private void start(Optional<ProcessHandle> with) throws IOException {
    String launcher =
        console
            .variable("GRANARY_COMMAND")
            .orElseThrow(
                () -> CommandFailure.failed("nodes are started with bin/granary; call it so"));
    for (NodeProcess process : processes) {
      Optional<ProcessHandle> running = process.running();
      if (running.isPresent()) {
        console.say("node %d runs already, as process %d", process.id(), running.get().pid());
      } else {
        ProcessHandle started = process.start(launcher, file.path(), with);
        console.say("node %d: process %d, log in %s", process.id(), started.pid(), process.log());
      }
    }
  }

  /** Waits until all of them are among the cluster's brokers; fails if one has ended. */
  void awaitServing(int timeoutSeconds) throws InterruptedException {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
    Set<Integer> wanted = new TreeSet<>();
    processes.forEach(process -> wanted.add(process.id()));
    try (Admin admin = Admin.create(properties(file.bootstrap()))) {
      Set<Integer> missing = wanted;
      while (!missing.isEmpty()) {
        checkAlive();
        if (System.nanoTime() - deadlineNanos > 0) {
          throw CommandFailure.failed(
              "after "
                  + timeoutSeconds
                  + " s these nodes do not serve yet: "
                  + missing
                  + "; their logs say why");
        }
        missing = new TreeSet<>(wanted);
        missing.removeAll(brokersOf(admin));
        if (missing.isEmpty()) {
          missing = silent(); // a broker that has lost the others still names them
        }
        if (!missing.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(100);
        }
      }
    }
  }

  /** Those that do not answer themselves. */
  private Set<Integer> silent() {
    return processes.stream()
        .filter(process -> !process.answers(ASK))
        .map(NodeProcess::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Fails with the last words of one that has ended. */
  void checkAlive() {
    for (NodeProcess process : processes) {
      if (process.running().isEmpty()) {
        throw CommandFailure.failed(
            "node "
                + process.id()
                + " has ended; the end of its log "
                + process.log()
                + " says:\n"
                + String.join("\n", process.lastWords(LAST_WORDS)));
      }
    }
  }

  /** Empty while nobody answers. */
  private static Set<Integer> brokersOf(Admin admin) throws InterruptedException {
    try {
      Collection<Node> nodes =
          admin.describeCluster().nodes().get(ASK_MILLIS, TimeUnit.MILLISECONDS);
      return nodes.stream().map(Node::id).collect(Collectors.toSet());
    } catch (ExecutionException | TimeoutException nobodyYet) {
      return Set.of();
    }
  }

  /** For a client that asks again and again while brokers come up. */
  static Properties properties(String bootstrap) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrap);
    properties.put("client.id", "granary");
    properties.put("request.timeout.ms", ASK_MILLIS);
    properties.put("default.api.timeout.ms", ASK_MILLIS);
    properties.put("reconnect.backoff.max.ms", 200);
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  /**
   * Ends those that run, one after the other, so that each hands over what it leads.
   *
   * @return whether all have ended
   */
  boolean stop(int timeoutSeconds) throws InterruptedException {
    List<NodeProcess> left = new ArrayList<>();
    for (NodeProcess process : processes) {
      Optional<ProcessHandle> running = process.running();
      if (running.isEmpty()) {
        console.say("node %d does not run", process.id());
      } else if (!stop(running.get(), timeoutSeconds)) {
        left.add(process);
        console.say(
            "granary: node %d (process %d) did not stop within %d s; its log is %s",
            process.id(), running.get().pid(), timeoutSeconds, process.log());
      } else {
        console.say("node %d has stopped", process.id());
      }
    }
    return left.isEmpty();
  }

  private static boolean stop(ProcessHandle process, int timeoutSeconds)
      throws InterruptedException {
    CompletableFuture<ProcessHandle> end = process.onExit();
    process.destroy();
    try {
      end.get(timeoutSeconds, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
