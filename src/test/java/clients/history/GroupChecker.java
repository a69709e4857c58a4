package clients.history;

import clients.history.Anomaly.Kind;
import clients.history.GroupHistory.Holding;
import clients.history.Reading.Read;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks for what no history of a consumer group can hold. That its members are given records in
 * order and without holes is for {@link HistoryChecker}, to which they are readers like others.
 */
public final class GroupChecker {
  private final GroupHistory group;
  private final List<Anomaly> anomalies = new ArrayList<>();

  private GroupChecker(GroupHistory group) {
    this.group = group;
  }

  /**
   * Every contradiction; empty if there is none.
   *
   * @param log everything that was sent, and what was read of it by whomever
   */
  public static List<Anomaly> check(GroupHistory group, History log) {
    GroupChecker checker = new GroupChecker(group);
    checker.checkNothingMissed(log);
    checker.checkOneOwner();
    Map<Integer, NavigableSet<Long>> held = offsetsHeld(log);
    partitions(group)
        .forEach(
            partition ->
                checker.anomalies.addAll(
                    new CommitCheck(group, partition, held.getOrDefault(partition, new TreeSet<>()))
                        .anomalies()));
    return List.copyOf(checker.anomalies);
  }

  private static Set<Integer> partitions(GroupHistory group) {
    Set<Integer> partitions = new TreeSet<>();
    group.stints().forEach(stint -> partitions.add(stint.partition()));
    group.commits().forEach(commit -> partitions.add(commit.partition()));
    group.lookups().forEach(lookup -> partitions.add(lookup.partition()));
    return partitions;
  }

  /** Offsets at which there is a record, of each partition. */
  private static Map<Integer, NavigableSet<Long>> offsetsHeld(History log) {
    Map<Integer, NavigableSet<Long>> held = new TreeMap<>();
    for (Reading reading : log.readings()) {
      NavigableSet<Long> offsets =
          held.computeIfAbsent(reading.partition(), none -> new TreeSet<>());
      reading.reads().forEach(read -> offsets.add(read.offset()));
    }
    return held;
  }

  /** What is acknowledged, some member was given. */
  private void checkNothingMissed(History log) {
    Set<Long> seen = new HashSet<>();
    for (Reading reading : group.readings()) {
      for (Read read : reading.reads()) {
        seen.add(read.value());
      }
    }
    for (Send send : log.sends()) {
      if (send.outcome() instanceof Outcome.Acked at && !seen.contains(send.value())) {
        found(
            Kind.MISSED,
            send.partition(),
            "no member was given value %d, acknowledged at %d",
            send.value(),
            at.offset());
      }
    }
  }

  /** In one generation a partition has one owner. */
  private void checkOneOwner() {
    Map<List<Integer>, String> owners = new HashMap<>();
    for (Holding holding : group.holdings()) {
      if (holding.generation() <= 0) {
        continue;
      }
      for (int partition : holding.partitions()) {
        String other = owners.put(List.of(holding.generation(), partition), holding.member());
        if (other != null && !other.equals(holding.member())) {
          found(
              Kind.TWO_OWNERS,
              partition,
              "%s and %s in generation %d",
              other,
              holding.member(),
              holding.generation());
        }
      }
    }
  }

  private void found(Kind kind, int partition, String detail, Object... about) {
    anomalies.add(new Anomaly(kind, partition, group.group() + ": " + detail.formatted(about)));
  }
}
