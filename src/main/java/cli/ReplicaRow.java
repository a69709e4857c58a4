package cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One replica of a partition as {@code topic describe} shows it.
 *
 * @param role leader, in-sync, out-of-sync, or offline (on a broker that is not there)
 * @param logEndOffset as the leader knows it; empty if it does not, or is not asked
 * @param lag records between that and the end of the leader's log
 */
record ReplicaRow(
    int partition, int broker, String role, OptionalLong logEndOffset, OptionalLong lag) {
  static final String LEADER = "leader";
  static final String IN_SYNC = "in-sync";
  static final String OUT_OF_SYNC = "out-of-sync";
  static final String OFFLINE = "offline";

  static Table table() {
    return new Table("PARTITION", "REPLICA", "ROLE", "LOG END", "LAG");
  }

  void addTo(Table table) {
    table.row(partition, broker, role, PartitionRow.text(logEndOffset), PartitionRow.text(lag));
  }

  /** For JSON. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("broker", broker);
    document.put("role", role);
    document.put("logEndOffset", PartitionRow.orNull(logEndOffset));
    document.put("lag", PartitionRow.orNull(lag));
    return document;
  }
}
