package clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that clients do not reach at the address they are told says so itself. */
class AdvertisedAddressIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String COMPLAINT = "clients will be sent to";

  @TempDir Path home;
  private final List<ClusterNode> nodes = new ArrayList<>();
  private int kafkaPort;

  @BeforeEach
  void onlyGranary() {
    Assumptions.assumeTrue(BrokerProgram.isGranary(), "about Granary's own cluster file");
    kafkaPort = FreePorts.take(1).get(0);
  }

  @AfterEach
  void close() {
    nodes.forEach(ClusterNode::close);
  }

  /**
   * Starts a node that listens on its own loopback address, all of them on the same port.
   *
   * @param advertised what clients are told, of all nodes
   */
  private List<ClusterNode> described(int count, String advertised) throws IOException {
    StringBuilder lines = new StringBuilder();
    Path file = home.resolve("cluster.conf");
    for (int id = 1; id <= count; id++) {
      List<Integer> ports = FreePorts.take(3);
      Path data = home.resolve("data-" + id);
      lines.append(
          """
            { id = %d, host = "127.0.0.%d", advertised-host = "%s", kafka-port = %d,
              remoting-port = %d, grpc-port = %d, admin-port = %d, data = "%s" }
          """
              .formatted(
                  id, id, advertised, kafkaPort, ports.get(0), ports.get(1), ports.get(2), data));
      nodes.add(new ClusterNode(id, home, file, kafkaPort, 0, data, List.of()));
    }
    Files.writeString(file, "cluster { journal-voters = [1] }\nnodes = [\n%s]\n".formatted(lines));
    return nodes;
  }

  private static String awaitError(ClusterNode node, String words) {
    return await(node + " to say: " + words)
        .atMost(PATIENCE)
        .until(
            () ->
                node.said()
                    .lines()
                    .filter(line -> line.contains("ERROR") && line.contains(words))
                    .findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void saysThatItsNameDoesNotResolve() throws IOException {
    ClusterNode node = described(1, "no-such-host.invalid").get(0);
    node.start();

    assertThat(awaitError(node, COMPLAINT))
        .contains("nodes[id=1].advertised-host", "cluster.conf")
        .contains("no-such-host.invalid:" + kafkaPort)
        .contains("does not resolve");
  }

  @Test
  void saysThatNobodyAnswersAndThatAFirewallMayBeWhy() throws IOException {
    ClusterNode node = described(1, "127.0.0.77").get(0);
    node.start();

    assertThat(awaitError(node, COMPLAINT))
        .contains("127.0.0.77:" + kafkaPort)
        .contains("nothing answers there (Connection refused)")
        .contains("firewall");
    assertThat(node.isAlive()).isTrue();
  }

  @Test
  void theLaterOfTwoAtOneAddressNamesTheOther() throws IOException {
    List<ClusterNode> two = described(2, "127.0.0.1");
    two.get(0).start();
    await("the first one to serve").atMost(PATIENCE).until(() -> serves(two.get(0)));
    two.get(1).start();

    assertThat(awaitError(two.get(1), "broker 1 advertises 127.0.0.1:" + kafkaPort + " as well"))
        .contains("nodes[id=2].advertised-host");
    assertThat(awaitError(two.get(1), COMPLAINT)).contains("broker 1 of this cluster answers");
    assertThat(two.get(0).said()).doesNotContain(COMPLAINT).doesNotContain("as well");
  }

  private static boolean serves(ClusterNode node) {
    return node.said().contains("serves cluster");
  }
}
