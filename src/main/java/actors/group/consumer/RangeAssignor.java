package actors.group.consumer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePSet;

/**
 * Gives each member a run of neighbouring partitions of each topic. Members stand in one order for
 * all topics, so those with the same number of partitions are joined: a member has the same numbers
 * of each. Static members come first, by their instance, so that they keep their place.
 */
final class RangeAssignor implements Assignor {
  @Override
  public String name() {
    return "range";
  }

  @Override
  public SortedMap<String, TreePSet<Partition>> assign(Input input) {
    List<String> order = order(input.candidates());
    TreeMap<String, SortedSet<Partition>> shares = new TreeMap<>();
    order.forEach(id -> shares.put(id, new TreeSet<>()));
    input
        .partitionCounts()
        .forEach(
            (topic, count) ->
                share(
                    topic,
                    count,
                    order.stream()
                        .filter(id -> input.candidates().get(id).topics().contains(topic))
                        .map(shares::get)
                        .toList()));
    TreeMap<String, TreePSet<Partition>> assignment = new TreeMap<>();
    shares.forEach((id, share) -> assignment.put(id, TreePSet.fromSortedSet(share)));
    return assignment;
  }

  private static void share(Uuid topic, int count, List<SortedSet<Partition>> takers) {
    int index = 0;
    for (int i = 0; i < takers.size(); i++) {
      // The first ones have one more, where it does not come out even.
      int size = count / takers.size() + (i < count % takers.size() ? 1 : 0);
      for (int end = index + size; index < end; index++) {
        takers.get(i).add(new Partition(topic, index));
      }
    }
  }

  private static List<String> order(SortedMap<String, Candidate> candidates) {
    List<Map.Entry<String, Candidate>> entries = new ArrayList<>(candidates.entrySet());
    entries.sort(
        Comparator.<Map.Entry<String, Candidate>, Boolean>comparing(
                entry -> entry.getValue().instanceId().isEmpty())
            .thenComparing(entry -> entry.getValue().instanceId().orElse(""))
            .thenComparing(Map.Entry::getKey));
    return entries.stream().map(Map.Entry::getKey).toList();
  }
}
