package actors.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.broker.NodeSettings;
import actors.config.BrokerConfigs;
import actors.config.TopicConfigs;
import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFileTest {
  private static final String TWO_NODES =
      """
      nodes = [
        { id = 1, kafka-port = 9092, remoting-port = 25521, grpc-port = 9192, admin-port = 9292 }
        { id = 2, kafka-port = 9093, remoting-port = 25522, grpc-port = 9193, admin-port = 9293 }
      ]
      """;

  @TempDir Path directory;

  private ClusterFile read(String text) throws IOException {
    Path file = directory.resolve("cluster.conf");
    Files.writeString(file, text);
    return ClusterFile.read(file);
  }

  private void refuses(String text, String... parts) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigMistake.class)
        .message()
        .contains(parts);
  }

  @Nested
  class OfASoundFile {
    @Test
    void theExampleAtTheRootDescribesThreeNodesOnLoopback() {
      ClusterFile file = ClusterFile.read(Path.of("cluster.conf"));

      assertThat(file.nodes().keySet()).containsExactly(1, 2, 3);
      assertThat(file.voters()).containsExactly(1, 2, 3);
      assertThat(file.bootstrap()).isEqualTo("127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094");
    }

    @Test
    void aNodesOwnSettingWinsOverThatOfAllBrokers() throws IOException {
      ClusterFile file =
          read(
              """
              nodes = [{ id = 7, broker { num.partitions = 9 } }]
              broker { num.partitions = 3, log.retention.ms = 1000 }
              """);

      NodeSettings settings = file.settingsOf(file.node(7));

      assertThat(settings.brokerConfigs())
          .containsEntry("num.partitions", "9")
          .containsEntry("log.retention.ms", "1000");
    }

    @Test
    void aTopicsSettingBecomesTheBrokersDefaultForIt() throws IOException {
      ClusterFile file = read(TWO_NODES + "topic { segment.bytes = 1048576, flush.messages = 1 }");

      assertThat(file.settings())
          .containsEntry("log.segment.bytes", "1048576")
          .containsEntry("log.flush.interval.messages", "1");
    }

    @Test
    void everyTopicSettingThatHasADefaultCanBeSetForAllTopics() {
      assertThat(BrokerConfigs.names()).containsAll(SettingNames.ofTopics().values());
      assertThat(TopicConfigs.names()).containsAll(SettingNames.ofTopics().keySet());
    }

    @Test
    void defaultsFillWhatANodeDoesNotSay() throws IOException {
      ClusterFile file =
          read(
              """
              defaults { host = "10.0.0.1", rack = "r" }
              nodes = [{ id = 1 }, { id = 2, host = "10.0.0.2", rack = "q" }]
              """);

      assertThat(file.node(1).host()).isEqualTo("10.0.0.1");
      assertThat(file.node(1).rack()).contains("r");
      assertThat(file.node(2).host()).isEqualTo("10.0.0.2");
      assertThat(file.node(2).rack()).contains("q");
    }

    @Test
    void nothingListensBeyondLoopbackUnlessTheFileSaysSo() throws IOException {
      assertThat(read(TWO_NODES).nodes().values())
          .allSatisfy(node -> assertThat(node.host()).isEqualTo("127.0.0.1"));
    }

    @Test
    void aRelativeDataDirectoryLiesBesideTheFile() throws IOException {
      ClusterFile file = read("nodes = [{ id = 1, data = \"logs/one\" }]");

      assertThat(file.node(1).dataDirectory())
          .isEqualTo(directory.toAbsolutePath().resolve("logs/one"));
    }

    @Test
    void theSeedNodesKeepTheJournalUnlessOthersAreNamed() throws IOException {
      ClusterFile file = read(TWO_NODES + "cluster { seed-nodes = [2] }");

      Config overrides = file.overrides();

      assertThat(overrides.getIntList("granary.cluster.journal-voters")).containsExactly(2);
      assertThat(overrides.getConfigList("granary.cluster.nodes"))
          .extracting(node -> node.getInt("remoting-port"))
          .containsExactly(25_521, 25_522);
    }

    @Test
    void othersReachANodeThatListensEverywhereWhereItSays() throws IOException {
      ClusterFile file =
          read("nodes = [{ id = 1, host = \"0.0.0.0\", advertised-host = \"one.example\" }]");

      assertThat(file.overrides().getConfigList("granary.cluster.nodes").get(0).getString("host"))
          .isEqualTo("one.example");
    }
  }

  @Nested
  class OfAMistake {
    @Test
    void namesAnUnknownKeyItsLineAndTheNearestKnown() {
      refuses(
          """
          nodes = [
            { id = 1
              kafkaport = 9092 }
          ]
          """,
          "cluster.conf:3",
          "\"nodes[0].kafkaport\"",
          "did you mean \"kafka-port\"?");
    }

    @Test
    void namesAnUnknownBrokerSettingAndTheNearestKnown() {
      refuses(
          TWO_NODES + "broker { log.retention.msec = 5 }",
          "cluster.conf:5",
          "\"broker.log.retention.msec\"",
          "Did you mean log.retention.ms?");
    }

    @Test
    void refusesAValueThatTheSettingCannotHave() {
      refuses(TWO_NODES + "broker { num.partitions = some }", "cluster.conf:5", "num.partitions");
      refuses(TWO_NODES + "topic { cleanup.policy = drop }", "cluster.conf:5", "cleanup.policy");
    }

    @Test
    void namesAnUnknownTopicSettingAndTheNearestKnown() {
      refuses(
          TWO_NODES + "topic { retentions.ms = 5 }",
          "\"topic.retentions.ms\"",
          "did you mean \"retention.ms\"?");
    }

    @Test
    void suggestsNothingWhereNothingIsNear() {
      assertThatThrownBy(() -> read(TWO_NODES + "zzzzzzzz = 1"))
          .message()
          .contains("\"zzzzzzzz\"")
          .doesNotContain("did you mean");
    }

    @Test
    void refusesAnIdGivenTwice() {
      refuses(
          """
          nodes = [
            { id = 1 }
            { id = 1 }
          ]
          """,
          "cluster.conf:3",
          "node id 1 is given twice",
          "cluster.conf:2");
    }

    @Test
    void refusesTwoListenersOnOnePort() {
      refuses(
          "nodes = [{ id = 1, kafka-port = 5000, admin-port = 5000 }]",
          "node 1's kafka-port and node 1's admin-port are both 127.0.0.1:5000");
    }

    @Test
    void refusesNodesThatShareADataDirectory() {
      refuses(
          """
          defaults { host = "h" }
          nodes = [
            { id = 1, data = "d" }
            { id = 2, data = "d/sub", kafka-port = 1, remoting-port = 2, grpc-port = 3, admin-port = 4 }
          ]
          """,
          "the data directories of nodes 1 and 2 overlap");
    }

    @Test
    void refusesAPortOutOfRange() {
      refuses(
          "nodes = [{ id = 1, kafka-port = 70000 }]",
          "\"nodes[0].kafka-port\" is 70000; it must be a whole number from 1 to 65535");
    }

    @Test
    void refusesASeedNodeThatIsNotThere() {
      refuses(
          TWO_NODES + "cluster { seed-nodes = [1, 5] }",
          "\"cluster.seed-nodes\" names node 5, which is not among the nodes [1, 2]");
    }

    @Test
    void refusesASettingThatTheNodeSaysAlready() {
      refuses(
          TWO_NODES + "broker { broker.id = 3 }",
          "\"broker.broker.id\" contradicts what is set by the node's id");
    }

    @Test
    void refusesTwoValuesForOneSetting() {
      refuses(
          TWO_NODES + "broker { log.retention.ms = 1 }\ntopic { retention.ms = 2 }",
          "\"topic.retention.ms\" is 2",
          "\"broker.log.retention.ms\"",
          "says 1");
    }

    @Test
    void refusesMoreReplicasThanNodes() {
      refuses(
          TWO_NODES + "broker { default.replication.factor = 3 }",
          "\"default.replication.factor\" is 3, but there are only 2 nodes");
    }

    @Test
    void refusesMinInSyncReplicasThatCannotBeReached() {
      refuses(
          TWO_NODES + "broker { default.replication.factor = 1, min.insync.replicas = 2 }",
          "no write could ever be acknowledged");
    }

    @Test
    void wantsAnAdvertisedHostWhereANodeListensEverywhere() {
      refuses("nodes = [{ id = 1, host = \"0.0.0.0\" }]", "advertised-host");
    }

    @Test
    void namesTheLineOfASyntaxError() {
      refuses("nodes = [{ id = 1 ]\n", "cluster.conf: 1");
    }

    @Test
    void namesAMissingFile() {
      assertThatThrownBy(() -> ClusterFile.read(directory.resolve("none.conf")))
          .isInstanceOf(ConfigMistake.class)
          .hasMessageContaining("there is no file")
          .hasMessageContaining("none.conf");
    }

    @Test
    void namesTheNodesWhenAnotherIsAskedFor() throws IOException {
      ClusterFile file = read(TWO_NODES);

      assertThatThrownBy(() -> file.node(4))
          .hasMessageContaining("there is no node 4; the file describes [1, 2]");
    }
  }
}
