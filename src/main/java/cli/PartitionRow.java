package cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * One partition as {@code topic describe} shows it.
 *
 * @param leader broker id, or -1
 * @param epoch of the leader, or -1 where none leads
 * @param replicas in assignment order (AR); as are the others, which are parts of it
 * @param inSync ISR
 * @param outOfSync OSR: the replicas that are not in the ISR
 * @param eligible ELR: outside the ISR, and could lead without loss
 * @param offline on brokers that are not there
 * @param start offset of the first record, or -1 where none leads
 * @param end offset after the last record that may be read, or -1
 */
record PartitionRow(
    int partition,
    int leader,
    int epoch,
    List<Integer> replicas,
    List<Integer> inSync,
    List<Integer> outOfSync,
    List<Integer> eligible,
    List<Integer> offline,
    long start,
    long end) {
  private static final String[] HEADER = {
    "PARTITION",
    "LEADER",
    "EPOCH",
    "REPLICAS",
    "IN SYNC",
    "OUT OF SYNC",
    "ELIGIBLE",
    "OFFLINE",
    "START",
    "END"
  };

  static PartitionRow of(TopicPartitionInfo info, int epoch, long start, long end) {
    List<Integer> replicas = ids(info.replicas());
    List<Integer> inSync = ids(info.isr());
    return new PartitionRow(
        info.partition(),
        hasLeader(info) ? info.leader().id() : -1,
        epoch,
        replicas,
        inSync,
        replicas.stream().filter(id -> !inSync.contains(id)).toList(),
        info.elr() == null ? List.of() : ids(info.elr()),
        ids(info.replicas().stream().filter(Node::isEmpty).toList()),
        start,
        end);
  }

  static boolean hasLeader(TopicPartitionInfo partition) {
    return partition.leader() != null && !partition.leader().isEmpty();
  }

  static Table table() {
    return new Table(HEADER);
  }

  void addTo(Table table) {
    table.row(
        partition,
        leader < 0 ? "none" : leader,
        epoch,
        text(replicas),
        text(inSync),
        text(outOfSync),
        text(eligible),
        text(offline),
        start,
        end);
  }

  /** For JSON. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("partition", partition);
    document.put("leader", leader);
    document.put("leaderEpoch", epoch);
    document.put("replicas", replicas);
    document.put("isr", inSync);
    document.put("osr", outOfSync);
    document.put("elr", eligible);
    document.put("offline", offline);
    document.put("startOffset", start);
    document.put("endOffset", end);
    return document;
  }

  private static List<Integer> ids(List<Node> nodes) {
    return nodes.stream().map(Node::id).toList();
  }

  /** A dash for none, so that columns stay columns to those who cut them. */
  private static String text(List<Integer> ids) {
    return ids.isEmpty() ? "-" : ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
