package clients.history;

import clients.history.Anomaly.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks for what no history of a replicated log can hold. */
public final class HistoryChecker {
  private HistoryChecker() {}

  /** Every contradiction, partition by partition; empty if there is none. */
  public static List<Anomaly> check(History history) {
    Map<Integer, List<Send>> sends =
        history.sends().stream()
            .collect(Collectors.groupingBy(Send::partition, TreeMap::new, Collectors.toList()));
    Map<Integer, List<Reading>> readings =
        history.readings().stream()
            .collect(Collectors.groupingBy(Reading::partition, TreeMap::new, Collectors.toList()));
    TreeMap<Integer, PartitionCheck> checks = new TreeMap<>();
    sends.forEach(
        (partition, ofIt) ->
            checks.put(
                partition,
                new PartitionCheck(partition, ofIt, readings.getOrDefault(partition, List.of()))));
    readings.forEach(
        (partition, ofIt) ->
            checks.computeIfAbsent(
                partition, unsent -> new PartitionCheck(unsent, List.of(), ofIt)));
    return checks.values().stream().flatMap(check -> check.anomalies().stream()).toList();
  }

  /** How many there are of each kind. */
  public static Map<Kind, Long> counts(List<Anomaly> anomalies) {
    return anomalies.stream()
        .collect(Collectors.groupingBy(Anomaly::kind, TreeMap::new, Collectors.counting()));
  }

  /** Index of sends by value; a value is sent once. */
  static Map<Long, Send> byValue(List<Send> sends) {
    Map<Long, Send> byValue = new HashMap<>();
    for (Send send : sends) {
      Send other = byValue.put(send.value(), send);
      if (other != null) {
        throw new IllegalArgumentException("one value sent twice: " + other + " and " + send);
      }
    }
    return byValue;
  }

  /** The values that are acknowledged, by offset; where two claim one, both. */
  static NavigableMap<Long, List<Long>> ackedByOffset(List<Send> sends) {
    TreeMap<Long, List<Long>> acked = new TreeMap<>();
    for (Send send : sends) {
      if (send.outcome() instanceof Outcome.Acked at) {
        acked.computeIfAbsent(at.offset(), none -> new ArrayList<>(1)).add(send.value());
      }
    }
    return acked;
  }
}
