package cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
 * @param offsets what is in it
 * @param states each replica, in assignment order
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
    Offsets offsets,
    List<ReplicaRow> states) {
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
    "END",
    "HW"
  };

  /**
   * @param start of the first record, or -1 where none leads
   * @param end after the last record that may be read, or -1
   * @param highWatermark as the leader says, which keeps it; empty if it does not
   */
  record Offsets(long start, long end, OptionalLong highWatermark) {}

  /**
   * @param epoch of the leader as the offsets' answer said; -1 where none leads
   * @param progress what the leader says of its replicas
   */
  static PartitionRow of(
      TopicPartitionInfo info,
      int epoch,
      long start,
      long end,
      Optional<PartitionProgress> progress) {
    List<Integer> replicas = ids(info.replicas());
    List<Integer> inSync = ids(info.isr());
    List<Integer> offline = ids(info.replicas().stream().filter(Node::isEmpty).toList());
    OptionalLong highWatermark =
        progress
            .map(known -> OptionalLong.of(known.highWatermark()))
            .orElseGet(OptionalLong::empty);
    return new PartitionRow(
        info.partition(),
        hasLeader(info) ? info.leader().id() : -1,
        progress.map(PartitionProgress::epoch).orElse(epoch),
        replicas,
        inSync,
        replicas.stream().filter(id -> !inSync.contains(id)).toList(),
        info.elr() == null ? List.of() : ids(info.elr()),
        offline,
        new Offsets(start, end, highWatermark),
        replicas.stream().map(id -> state(id, info, offline, progress)).toList());
  }

  private static ReplicaRow state(
      int broker,
      TopicPartitionInfo info,
      List<Integer> offline,
      Optional<PartitionProgress> progress) {
    return new ReplicaRow(
        info.partition(),
        broker,
        role(broker, info, offline),
        progress.map(known -> known.logEndOffset(broker)).orElseGet(OptionalLong::empty),
        progress.map(known -> known.lag(broker)).orElseGet(OptionalLong::empty));
  }

  private static String role(int broker, TopicPartitionInfo info, List<Integer> offline) {
    if (offline.contains(broker)) {
      return ReplicaRow.OFFLINE;
    }
    if (hasLeader(info) && info.leader().id() == broker) {
      return ReplicaRow.LEADER;
    }
    return ids(info.isr()).contains(broker) ? ReplicaRow.IN_SYNC : ReplicaRow.OUT_OF_SYNC;
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
        offsets.start(),
        offsets.end(),
        text(offsets.highWatermark()));
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
    document.put("startOffset", offsets.start());
    document.put("endOffset", offsets.end());
    document.put("highWatermark", orNull(offsets.highWatermark()));
    document.put("replicaStates", states.stream().map(ReplicaRow::document).toList());
    return document;
  }

  private static List<Integer> ids(List<Node> nodes) {
    return nodes.stream().map(Node::id).toList();
  }

  /** A dash for none, so that columns stay columns to those who cut them. */
  private static String text(List<Integer> ids) {
    return ids.isEmpty() ? "-" : ids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** A dash for what is not known, as above. */
  static String text(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "-";
  }

  static Object orNull(OptionalLong number) {
    return number.isPresent() ? (Object) number.getAsLong() : null;
  }
}
