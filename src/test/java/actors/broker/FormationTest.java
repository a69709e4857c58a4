package actors.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes of one file find each other, whatever comes first and whatever has happened before. */
class FormationTest {
  @TempDir Path root;

  static Stream<List<Integer>> orders() {
    return Stream.of(List.of(1, 2, 3), List.of(2, 3, 1), List.of(3, 1, 2));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void formOneClusterInAnyOrder(List<Integer> order) {
    try (NodesFixture nodes = new NodesFixture(root, 3, 3)) {
      nodes.start(order.get(0));
      nodes.start(order.get(1));
      nodes.awaitOneCluster(order.get(0), order.get(1));

      nodes.start(order.get(2));

      nodes.awaitOneCluster(1, 2, 3);
    }
  }

  @Test
  void doNotFormWithoutAMajorityOfTheVoters() {
    try (NodesFixture nodes = new NodesFixture(root, 3, 3)) {
      nodes.start(2);

      NodesFixture.await().during(Duration.ofSeconds(3)).until(() -> !nodes.isMember(2));

      nodes.start(1);
      nodes.awaitOneCluster(1, 2);
    }
  }

  @Test
  void takeInANodeThatIsNoVoter() {
    try (NodesFixture nodes = new NodesFixture(root, 4, 3)) {
      nodes.start(4);
      nodes.start(1);
      nodes.start(2);

      nodes.awaitOneCluster(1, 2, 4);

      assertThat(nodes.node(4).journal()).isEmpty();
    }
  }

  @Nested
  class WhenOneIsKilled {
    @Test
    void removeItAndTakeItInAgain() {
      try (NodesFixture nodes = threeNodes()) {
        int killed = nodes.journalLeader();
        List<Integer> rest = Stream.of(1, 2, 3).filter(id -> id != killed).toList();

        nodes.kill(killed);
        nodes.awaitOneCluster(rest.get(0), rest.get(1));
        get(nodes.journal(rest.get(0)).ready());

        nodes.start(killed);
        nodes.awaitOneCluster(1, 2, 3);
        get(nodes.journal(killed).ready());
      }
    }
  }

  @Test
  void formAgainWhenAllWereKilled() {
    try (NodesFixture nodes = threeNodes()) {
      nodes.killAll();

      List.of(3, 1, 2).forEach(nodes::start);

      nodes.awaitOneCluster(1, 2, 3);
    }
  }

  @Nested
  class WhenAMemberIsDowned {
    @Test
    void startsAnewAndRejoins() {
      try (NodesFixture nodes = threeNodes()) {
        long before = nodes.uid(3);
        Cluster cluster = Cluster.get(nodes.node(1).system());

        cluster.down(Cluster.get(nodes.node(3).system()).selfAddress());

        NodesFixture.await().until(() -> nodes.uid(3) != before);
        nodes.awaitOneCluster(1, 2, 3);
      }
    }
  }

  /** Cannot happen by the rules of forming; yet if it did, one of the two would have to go. */
  @Test
  void becomeOneClusterAgainWhereTwoCameUpSideBySide() {
    try (NodesFixture nodes = new NodesFixture(root, 3, 3)) {
      nodes.start(1);
      nodes.start(2);
      nodes.awaitOneCluster(1, 2);
      int other = nodes.journalLeader() == 1 ? 2 : 1;
      nodes.start(3);
      Cluster islander = Cluster.get(nodes.node(3).system());
      islander.join(islander.selfAddress());

      NodesFixture.await().until(() -> nodes.isMember(other));
      nodes.awaitOneCluster(1, 2, 3);
    }
  }

  @Nested
  class WhenANodeIsWrong {
    @Test
    void refusesAClusterFileThatContradictsTheOthers() {
      try (NodesFixture nodes = new NodesFixture(root, 3, 3)) {
        nodes.start(1);
        nodes.start(2);
        nodes.awaitOneCluster(1, 2);

        GranaryNode wrong = nodes.start(3, nodes.file(Map.of("journal-voters", List.of(2, 3))));

        assertThat(refusalOf(wrong))
            .isInstanceOf(NodeRefused.class)
            .hasMessageContaining("\"cluster.journal-voters\" is [2, 3] here and [1, 2, 3] there");
        nodes.awaitOneCluster(1, 2);
      }
    }

    @Test
    void refusesASecondNodeOfTheSameId() {
      try (NodesFixture nodes = new NodesFixture(root, 4, 3)) {
        nodes.start(1);
        nodes.start(2);
        nodes.start(3);
        nodes.awaitOneCluster(1, 2, 3);
        NodeSettings second = nodes.settings(4);

        GranaryNode wrong =
            GranaryNode.launch(
                nodes.file(
                    Map.of(
                        "nodes",
                        List.of(
                            place(1, nodes),
                            place(2, nodes),
                            Map.of(
                                "id",
                                3,
                                "host",
                                "127.0.0.1",
                                "remoting-port",
                                second.remotingPort())))),
                new NodeSettings(
                    3,
                    "127.0.0.1",
                    second.remotingPort(),
                    second.kafkaPort(),
                    "127.0.0.1",
                    second.rack(),
                    second.dataDirectory(),
                    Map.of()),
                Edge.none());

        assertThat(refusalOf(wrong))
            .isInstanceOf(NodeRefused.class)
            .hasMessageContaining("\"nodes[id=3]\" is");
        nodes.awaitOneCluster(1, 2, 3);
      }
    }
  }

  private static Map<String, Object> place(int id, NodesFixture nodes) {
    return Map.of(
        "id", id, "host", "127.0.0.1", "remoting-port", nodes.settings(id).remotingPort());
  }

  private NodesFixture threeNodes() {
    NodesFixture nodes = new NodesFixture(root, 3, 3);
    List.of(1, 2, 3).forEach(nodes::start);
    nodes.awaitOneCluster(1, 2, 3);
    nodes.awaitFilledJournals();
    return nodes;
  }

  private static Throwable refusalOf(GranaryNode node) {
    return NodesFixture.await()
        .until(
            () -> node.whenStarted().toCompletableFuture(),
            java.util.concurrent.CompletableFuture::isDone)
        .handle((started, failure) -> failure)
        .join();
  }

  private static <T> T get(java.util.concurrent.CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
