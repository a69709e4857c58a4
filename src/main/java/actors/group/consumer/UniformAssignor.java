package actors.group.consumer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePSet;

/**
 * Gives all members equally many partitions, as far as their subscriptions allow, and takes away no
 * more than that asks for. Where all want the same topics no two differ by more than one, and as
 * few partitions move as can be; where they do not, see {@link UnevenBalance}.
 */
final class UniformAssignor implements Assignor {
  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public SortedMap<String, TreePSet<Partition>> assign(Input input) {
    SortedMap<String, NavigableSet<Partition>> shares = new TreeMap<>();
    NavigableSet<Partition> free = partitions(input.partitionCounts());
    input
        .candidates()
        .forEach(
            (id, candidate) -> {
              TreeSet<Partition> kept = new TreeSet<>();
              for (Partition partition : candidate.had()) {
                if (candidate.topics().contains(partition.topicId()) && free.remove(partition)) {
                  kept.add(partition);
                }
              }
              shares.put(id, kept);
            });
    if (wantTheSame(input)) {
      even(shares, free);
    } else {
      new UnevenBalance(input, shares).settle(free);
    }
    TreeMap<String, TreePSet<Partition>> assignment = new TreeMap<>();
    shares.forEach((id, share) -> assignment.put(id, TreePSet.fromSortedSet(share)));
    return assignment;
  }

  private static NavigableSet<Partition> partitions(SortedMap<Uuid, Integer> counts) {
    TreeSet<Partition> partitions = new TreeSet<>();
    counts.forEach(
        (topic, count) -> {
          for (int index = 0; index < count; index++) {
            partitions.add(new Partition(topic, index));
          }
        });
    return partitions;
  }

  private static boolean wantTheSame(Input input) {
    return input.candidates().values().stream().map(Candidate::topics).distinct().count() <= 1;
  }

  private static void even(
      SortedMap<String, NavigableSet<Partition>> shares, NavigableSet<Partition> free) {
    if (shares.isEmpty()) {
      return;
    }
    int total = free.size() + shares.values().stream().mapToInt(NavigableSet::size).sum();
    int least = total / shares.size();
    int extras = total % shares.size();
    // Those who have most keep the one partition more that some members get.
    List<NavigableSet<Partition>> byLoad = new ArrayList<>(shares.values());
    byLoad.sort(Comparator.<NavigableSet<Partition>>comparingInt(NavigableSet::size).reversed());
    for (int i = 0; i < byLoad.size(); i++) {
      NavigableSet<Partition> share = byLoad.get(i);
      int quota = least + (i < extras ? 1 : 0);
      while (share.size() > quota) {
        free.add(share.pollLast());
      }
    }
    for (int i = 0; i < byLoad.size(); i++) {
      NavigableSet<Partition> share = byLoad.get(i);
      int quota = least + (i < extras ? 1 : 0);
      while (share.size() < quota) {
        share.add(free.pollFirst());
      }
    }
  }
}
