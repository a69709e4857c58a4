package cli;

import actors.cluster.NodeEntry;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import streams.kafka.BrokerConnection;

/**
 * A node of a cluster file as a process of this machine. Its number is kept beside its data,
 * together with the time at which the process began, so that another process that was given the
 * same number later is not taken for it.
 */
final class NodeProcess {
  private static final String PID_FILE = "granary.pid";
  private static final String LOG_FILE = "granary.log";

  /** Tells a node with which process it ends. */
  static final String WITH_PROCESS = "GRANARY_WITH_PROCESS";

  private static final Path SESSION_LEADER = Path.of("/usr/bin/setsid");

  private final NodeEntry node;

  NodeProcess(NodeEntry node) {
    this.node = node;
  }

  int id() {
    return node.id();
  }

  /** What the process prints. */
  Path log() {
    return node.dataDirectory().resolve(LOG_FILE);
  }

  /** Whether it serves Kafka clients: somebody answers as a broker where they are sent to. */
  boolean answers(Duration patience) {
    try {
      BrokerConnection.open(node.advertisedHost(), node.ports().kafka(), patience).close();
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** The process, if it runs. */
  Optional<ProcessHandle> running() {
    Path file = node.dataDirectory().resolve(PID_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      String[] said = Files.readString(file).strip().split(" ", -1);
      long began = Long.parseLong(said[1]);
      return ProcessHandle.of(Long.parseLong(said[0]))
          .filter(ProcessHandle::isAlive)
          .filter(process -> beganMillis(process) == began);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw CommandFailure.failed(file + " is damaged; end the node by hand and remove the file");
    }
  }

  /**
   * Starts the node.
   *
   * @param launcher what {@code bin/granary} was called as
   * @param with the process that it ends with; empty: it goes on when this command has ended
   */
  ProcessHandle start(String launcher, Path clusterFile, Optional<ProcessHandle> with)
      throws IOException {
    Files.createDirectories(node.dataDirectory());
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(SESSION_LEADER)) {
      command.add(SESSION_LEADER.toString()); // Ctrl-C in this terminal is not for the node
    }
    command.addAll(
        List.of(
            launcher,
            "start",
            "--config",
            clusterFile.toAbsolutePath().toString(),
            "--node",
            Integer.toString(node.id())));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().remove(WITH_PROCESS);
    with.ifPresent(
        process -> builder.environment().put(WITH_PROCESS, Long.toString(process.pid())));
    builder.redirectErrorStream(true);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    ProcessHandle process = builder.start().toHandle();
    remember(process);
    return process;
  }

  /** This process is the node. */
  void claim() throws IOException {
    Files.createDirectories(node.dataDirectory());
    remember(ProcessHandle.current());
  }

  private void remember(ProcessHandle process) throws IOException {
    Files.writeString(
        node.dataDirectory().resolve(PID_FILE),
        process.pid() + " " + beganMillis(process) + System.lineSeparator());
  }

  private static long beganMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** The last lines of its log, for a failure to be understood. */
  List<String> lastWords(int lines) {
    try {
      List<String> all = Files.readAllLines(log());
      return all.subList(Math.max(0, all.size() - lines), all.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}
