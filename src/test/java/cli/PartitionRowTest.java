package cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
            12);

    assertThat(row)
        .isEqualTo(
            new PartitionRow(
                0,
                1,
                7,
                List.of(2, 1, 3),
                List.of(1),
                List.of(2, 3),
                List.of(2),
                List.of(3),
                5,
                12));
    assertThat(row.document())
        .containsEntry("leaderEpoch", 7)
        .containsEntry("osr", List.of(2, 3))
        .containsEntry("elr", List.of(2))
        .containsEntry("offline", List.of(3));
  }

  @Test
  void saysThatNobodyLeads() {
    PartitionRow row =
        PartitionRow.of(
            new TopicPartitionInfo(4, Node.noNode(), List.of(AWAY), List.of(AWAY)), -1, -1, -1);

    assertThat(row.leader()).isEqualTo(-1);
    assertThat(printed(row)).contains("none").contains("OUT OF SYNC");
  }

  @Test
  void takesABrokerThatKnowsNoEligibleReplicas() {
    PartitionRow row =
        PartitionRow.of(new TopicPartitionInfo(0, ONE, List.of(ONE), List.of(ONE)), 0, 0, 0);

    assertThat(row.eligible()).isEmpty();
  }

  private static String printed(PartitionRow row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Table table = PartitionRow.table();
    row.addTo(table);
    table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8), "");
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
