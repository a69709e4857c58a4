package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command that anybody runs. */
class QuickstartIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @BeforeAll
  static void onlyGranary() {
    assumeTrue(BrokerProgram.isGranary(), "about Granary's own command line");
  }

  private static ChildProcess start(Path data, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("quickstart", "--data", data.toString(), "--brokers", "3"));
    arguments.addAll(List.of(more));
    BrokerProgram.Launch launch =
        BrokerProgram.Granary.command(BrokerSettings.defaults(), arguments);
    return ChildProcess.start(launch.command(), launch.environment());
  }

  private static Optional<ProcessHandle> node(Path data, int id) throws IOException {
    Path file = data.resolve("quickstart-3").resolve(Integer.toString(id)).resolve("granary.pid");
    String said = Files.readString(file);
    return ProcessHandle.of(Long.parseLong(said.substring(0, said.indexOf(' '))))
        .filter(ProcessHandle::isAlive);
  }

  @Test
  void losesABrokerInTheMiddleAndNothingElse(@TempDir Path data) throws IOException {
    // whoever has another broker on the usual port can try it all the same
    try (ServerSocket usual = taken(9092);
        ChildProcess quickstart = start(data, "--exit")) {
      ChildProcess.Finished finished = quickstart.finish().succeeded();

      assertThat(usual.isBound()).isTrue();
      assertThat(finished.out())
          .containsPattern("Killed broker [23] \\(kill -9 \\d+\\), which led [1-3] of 3 partitions")
          .contains("Longest pause between two acknowledgements:")
          .contains("Checked: every record came back once, and in order for each of 50 keys.")
          .containsPattern("Started broker [23] again: every replica is in sync after");
      assertThat(node(data, 2)).isEmpty();
      assertThat(node(data, 3)).isEmpty();
    }
  }

  /** Whether by this test or by somebody else. */
  private static ServerSocket taken(int port) throws IOException {
    try {
      return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    } catch (IOException already) {
      return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }
  }

  @Test
  void leavesNoBrokerBehindThoughItIsKilledItself(@TempDir Path data) throws IOException {
    try (ChildProcess quickstart = start(data)) {
      await().atMost(PATIENCE).until(() -> quickstart.said().contains("3 brokers are ready on"));
      assertThat(node(data, 2)).isPresent();
      assertThat(node(data, 3)).isPresent();

      quickstart.kill9();

      await().atMost(PATIENCE).until(() -> node(data, 2).isEmpty() && node(data, 3).isEmpty());
    }
  }
}
