package cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class PartitionRowTest {
  private static final Node ONE = new Node(1, "host-1", 9092);
  private static final Node TWO = new Node(2, "host-2", 9092);

  /** As the admin client shows a broker that is not among the live ones. */
  private static final Node AWAY = new Node(3, "", -1);

  @Test
  void sharesTheReplicasOutByHowFarTheyAre() {
    PartitionRow row =
        PartitionRow.of(
            new TopicPartitionInfo(
                0, ONE, List.of(TWO, ONE, AWAY), List.of(ONE), List.of(TWO), List.of()),
            7,
            5,
            12,
            Optional.of(new PartitionProgress(1, 8, 12, Map.of(1, 20L, 2, 15L, 3, -1L))));

    assertThat(row)
        .isEqualTo(
            new PartitionRow(
                0,
                1,
                8,
                List.of(2, 1, 3),
                List.of(1),
                List.of(2, 3),
                List.of(2),
                List.of(3),
                new PartitionRow.Offsets(5, 12, OptionalLong.of(12)),
                List.of(
                    new ReplicaRow(0, 2, "out-of-sync", OptionalLong.of(15), OptionalLong.of(5)),
                    new ReplicaRow(0, 1, "leader", OptionalLong.of(20), OptionalLong.of(0)),
                    new ReplicaRow(0, 3, "offline", OptionalLong.empty(), OptionalLong.empty()))));
    assertThat(row.document())
        .containsEntry("leaderEpoch", 8)
        .containsEntry("highWatermark", 12L)
        .containsEntry("osr", List.of(2, 3))
        .containsEntry("elr", List.of(2))
        .containsEntry("offline", List.of(3));
  }

  @Test
  void saysThatNobodyLeads() {
    PartitionRow row =
        PartitionRow.of(
            new TopicPartitionInfo(4, Node.noNode(), List.of(AWAY), List.of(AWAY)),
            -1,
            -1,
            -1,
            Optional.empty());

    assertThat(row.leader()).isEqualTo(-1);
    assertThat(printed(row)).contains("none").contains("OUT OF SYNC");
  }

  @Test
  void takesABrokerThatKnowsNoEligibleReplicas() {
    PartitionRow row =
        PartitionRow.of(
            new TopicPartitionInfo(0, ONE, List.of(ONE), List.of(ONE)), 0, 0, 0, Optional.empty());

    assertThat(row.eligible()).isEmpty();
  }

  @Test
  void leavesEmptyWhatTheLeaderDoesNotSay() {
    PartitionRow row =
        PartitionRow.of(
            new TopicPartitionInfo(0, ONE, List.of(ONE, TWO), List.of(ONE, TWO)),
            3,
            0,
            9,
            Optional.empty());

    assertThat(row.states())
        .containsExactly(
            new ReplicaRow(0, 1, "leader", OptionalLong.empty(), OptionalLong.empty()),
            new ReplicaRow(0, 2, "in-sync", OptionalLong.empty(), OptionalLong.empty()));
    assertThat(row.epoch()).isEqualTo(3);
    assertThat(row.document()).containsEntry("highWatermark", null);
  }

  private static String printed(PartitionRow row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Table table = PartitionRow.table();
    row.addTo(table);
    table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), "");
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
