package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;

/** A broker in a process of its own, with ports and a directory of its own. */
final class RunningBroker implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final BrokerSettings settings;
  private final BrokerProgram program = BrokerProgram.chosen();
  private final Path home;
  private final List<Integer> ports;
  private ChildProcess child;

  private RunningBroker(BrokerSettings settings) {
    this.settings = settings;
    this.ports = FreePorts.take(4);
    this.home =
        Path.of("target", "clients", ProcessHandle.current().pid() + "-" + NUMBER.getAndIncrement())
            .toAbsolutePath();
  }

  static RunningBroker start(BrokerSettings settings) {
    RunningBroker broker = new RunningBroker(settings);
    broker.launch();
    broker.awaitReady();
    return broker;
  }

  /** Launches a broker that is expected to refuse, and waits for its end. */
  static ChildProcess.Finished startRefused(BrokerSettings settings) {
    try (RunningBroker broker = new RunningBroker(settings)) {
      broker.launch();
      return broker.child.finish();
    }
  }

  String bootstrap() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return ports.get(0);
  }

  /** Where gRPC clients are served; Apache Kafka serves none. */
  int grpcPort() {
    return ports.get(2);
  }

  BrokerSettings settings() {
    return settings;
  }

  Path dataDirectory() {
    return settings.dataDirectory().orElse(program.dataDirectory(home));
  }

  /** The partition's segments, oldest first. */
  List<Path> segments(String topic, int partition) {
    Path directory = partitionDirectory(topic, partition);
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path partitionDirectory(String topic, int partition) {
    String name = topic + "-" + partition;
    try (Stream<Path> files = Files.walk(dataDirectory(), 4)) {
      return files
          .filter(file -> file.getFileName().toString().equals(name))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + name + " under " + dataDirectory()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails unless the process that was started last still runs and never ran out of memory. */
  void assertUnharmed() {
    String said = child.said();
    assertThat(child.isAlive()).as("the broker lives; it said:%n%s", said).isTrue();
    assertThat(said).doesNotContain("OutOfMemoryError").doesNotContain("InvariantViolation");
  }

  /** What the process that was started last has said. */
  String said() {
    return child.said();
  }

  /** Files and sockets that it has open; zero where the system does not tell. */
  int openFiles() {
    Path descriptors = Path.of("/proc", Long.toString(child.process().pid()), "fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(descriptors)) {
      return (int) files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGKILL; what was in the page cache stays. */
  void kill9() {
    child.kill9();
  }

  /** SIGTERM, and waits for the end. */
  ChildProcess.Finished stop() {
    child.process().destroy();
    return child.finish();
  }

  void restart() {
    assertThat(child.isAlive()).as("stopped before it is started again").isFalse();
    launch();
    awaitReady();
  }

  @Override
  public void close() {
    if (child != null) {
      child.close();
    }
    try (Stream<Path> files = Files.walk(home)) {
      // Logs stay for whoever looks for the reason of a failure; data goes.
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (file.startsWith(program.dataDirectory(home))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void launch() {
    try {
      Files.createDirectories(home);
      BrokerProgram.Launch launch = program.prepare(home, settings, ports);
      child = ChildProcess.start(launch.command(), home.resolve("broker"), launch.environment());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves once it names itself in its metadata. */
  void awaitReady() {
    await("broker at " + bootstrap())
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!child.isAlive()) {
                throw new IllegalStateException("the broker ended at once:\n" + child.said());
              }
              return namesItself();
            });
  }

  private boolean namesItself() {
    MetadataRequestData everyTopicOfNone =
        new MetadataRequestData().setTopics(List.of()).setAllowAutoTopicCreation(false);
    try (WireConnection wire = WireConnection.to(this)) {
      MetadataResponseData answer =
          ((MetadataResponse) wire.ask(new MetadataRequest(everyTopicOfNone, (short) 4))).data();
      return !answer.brokers().isEmpty() && answer.controllerId() >= 0;
    } catch (IOException e) {
      return false;
    }
  }
}
