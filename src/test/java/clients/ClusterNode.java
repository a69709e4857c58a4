package clients;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One broker of a {@link RunningCluster}, in one process after the other. */
final class ClusterNode {
  private static final String HEAP = "-Xmx256m";

  private final int id;
  private final Path home;
  private final Path file;
  private final int kafkaPort;
  private final int grpcPort;
  private final Path data;
  private final List<String> jvm;
  private ChildProcess child;
  private boolean paused;

  /**
   * @param home of the cluster; this node's output goes there
   * @param file the cluster file
   * @param grpcPort 0: it serves no gRPC clients
   */
  ClusterNode(
      int id, Path home, Path file, int kafkaPort, int grpcPort, Path data, List<String> jvm) {
    this.id = id;
    this.home = home;
    this.file = file;
    this.kafkaPort = kafkaPort;
    this.grpcPort = grpcPort;
    this.data = data;
    this.jvm = jvm;
  }

  int id() {
    return id;
  }

  int kafkaPort() {
    return kafkaPort;
  }

  /** Where gRPC clients are served; 0: the cluster file names no port for them. */
  int grpcPort() {
    return grpcPort;
  }

  Path data() {
    return data;
  }

  synchronized void start() {
    if (isAlive()) {
      throw new IllegalStateException("node " + id + " runs already");
    }
    BrokerSettings defaults = BrokerSettings.defaults();
    BrokerSettings settings =
        new BrokerSettings(
            id,
            defaults.configs(),
            HEAP,
            Stream.concat(defaults.jvm().stream(), jvm.stream()).toList(),
            defaults.javaHome(),
            defaults.dataDirectory(),
            false);
    BrokerProgram.Launch launch =
        BrokerProgram.Granary.command(
            settings,
            List.of("start", "--config", file.toString(), "--node", Integer.toString(id)));
    child = ChildProcess.start(launch.command(), home.resolve("node-" + id), launch.environment());
  }

  synchronized boolean isAlive() {
    return child != null && child.isAlive();
  }

  /** SIGKILL, and waits for the end. */
  synchronized void kill9() {
    child.kill9();
    paused = false;
  }

  /** SIGKILL, and nothing of what it has stored is left. */
  void empty() {
    kill9();
    try (Stream<Path> all = Files.walk(data)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!path.equals(data)) {
          Files.delete(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its part of the metadata journal lacks nothing that it may have had. */
  boolean hasWholeJournal() {
    try (Stream<Path> all = Files.walk(data)) {
      return all.noneMatch(path -> path.endsWith("incomplete"));
    } catch (IOException | UncheckedIOException changing) {
      return false; // a file went while it was looked at; it is looked at again
    }
  }

  /** SIGTERM. */
  synchronized void terminate() {
    child.process().destroy();
  }

  /** SIGTERM, and waits for the end. */
  ChildProcess.Finished stop() {
    terminate();
    return child.finish();
  }

  /** SIGSTOP. */
  synchronized void pause() {
    signal("STOP");
    paused = true;
  }

  /** SIGCONT, if it is paused. */
  synchronized void resume() {
    if (paused) {
      signal("CONT");
      paused = false;
    }
  }

  private void signal(String name) {
    ChildProcess.run(List.of("kill", "-" + name, Long.toString(child.process().pid()))).succeeded();
  }

  /** All that its processes have said. */
  String said() {
    return child == null ? "" : child.said();
  }

  void close() {
    if (child != null) {
      child.close();
    }
  }

  /** The bytes of the partition's segments, oldest first. */
  byte[] log(String topic, int partition) {
    Path directory = data.resolve("logs").resolve(topic + "-" + partition);
    try (Stream<Path> files = Files.list(directory)) {
      java.io.ByteArrayOutputStream log = new java.io.ByteArrayOutputStream();
      for (Path segment :
          files.filter(name -> name.toString().endsWith(".log")).sorted().toList()) {
        log.writeBytes(Files.readAllBytes(segment));
      }
      return log.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "node " + id;
  }
}
