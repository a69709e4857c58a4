package actors.group.consumer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * Evens out the shares of members that want different topics: a partition moves as long as somebody
 * who wants its topic has at least two fewer than its owner. The shares are changed in place.
 */
final class UnevenBalance {
  private final SortedMap<String, NavigableSet<Partition>> shares;
  private final TreeMap<Uuid, List<String>> takers = new TreeMap<>();

  UnevenBalance(Assignor.Input input, SortedMap<String, NavigableSet<Partition>> shares) {
    this.shares = shares;
    input
        .candidates()
        .forEach(
            (id, candidate) ->
                candidate
                    .topics()
                    .forEach(
                        topic -> takers.computeIfAbsent(topic, any -> new ArrayList<>()).add(id)));
  }

  /**
   * @param free partitions that nobody has; all are given away
   */
  void settle(SortedSet<Partition> free) {
    // Topics that few want come first, while there is still a choice for the others.
    List<Partition> pending = new ArrayList<>(free);
    pending.sort(
        Comparator.<Partition>comparingInt(partition -> takersOf(partition.topicId()).size())
            .thenComparing(Comparator.naturalOrder()));
    for (Partition partition : pending) {
      List<String> candidates = takersOf(partition.topicId());
      if (!candidates.isEmpty()) {
        shares.get(leastOf(candidates)).add(partition);
      }
    }
    for (int round = 0; round < Limits.BALANCE_ROUNDS_MAX; round++) {
      if (!evenedOut()) {
        return;
      }
    }
  }

  /** Whether anything has moved. */
  private boolean evenedOut() {
    boolean moved = false;
    for (Map.Entry<Uuid, List<String>> topic : takers.entrySet()) {
      while (moveOne(topic.getKey(), topic.getValue())) {
        moved = true;
      }
    }
    return moved;
  }

  private boolean moveOne(Uuid topic, List<String> candidates) {
    String least = leastOf(candidates);
    String most = null;
    for (String id : candidates) {
      if (lastOf(topic, id) != null && (most == null || load(id) > load(most))) {
        most = id;
      }
    }
    if (most == null || load(most) < load(least) + 2) {
      return false;
    }
    Partition partition = lastOf(topic, most);
    shares.get(most).remove(partition);
    shares.get(least).add(partition);
    return true;
  }

  /** The last of its partitions of the topic; null: it has none. */
  private Partition lastOf(Uuid topic, String id) {
    Partition last = shares.get(id).floor(new Partition(topic, Integer.MAX_VALUE));
    return last != null && last.topicId().equals(topic) ? last : null;
  }

  private String leastOf(List<String> candidates) {
    String least = candidates.get(0);
    for (String id : candidates) {
      if (load(id) < load(least)) {
        least = id;
      }
    }
    return least;
  }

  private int load(String id) {
    return shares.get(id).size();
  }

  private List<String> takersOf(Uuid topic) {
    return takers.getOrDefault(topic, List.of());
  }
}
