package clients;

import clients.history.GroupHistory;
import clients.history.GroupHistory.Commit;
import clients.history.GroupHistory.Ending;
import clients.history.GroupHistory.Holding;
import clients.history.GroupHistory.Lookup;
import clients.history.GroupHistory.Stint;
import clients.history.Reading;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Writes down what the members of one group do at once, until it is asked for the history. */
final class GroupRecorder {
  private final String group;
  private final List<Owned> owned = new ArrayList<>();
  private final List<Holding> holdings = new ArrayList<>();
  private final List<Committing> commits = new ArrayList<>();
  private final List<Lookup> lookups = new ArrayList<>();
  private final Map<Integer, Long> polledEnds = new HashMap<>();
  private final Map<String, Integer> endings = new TreeMap<>();

  GroupRecorder(String group) {
    this.group = group;
  }

  String group() {
    return group;
  }

  /** A partition that a member owns, from when it was told so. */
  final class Owned {
    private final String member;
    private final int partition;
    private final int generation;
    private final long assignedAt = System.nanoTime();
    private final List<Reading.Read> reads = new ArrayList<>();
    private long firstPolledAt;

    private Owned(String member, int partition, int generation) {
      this.member = member;
      this.partition = partition;
      this.generation = generation;
    }

    void read(long offset, long value) {
      synchronized (GroupRecorder.this) {
        if (reads.isEmpty()) {
          firstPolledAt = System.nanoTime();
        }
        reads.add(new Reading.Read(offset, value));
        polledEnds.merge(partition, offset + 1, Math::max);
      }
    }

    private Stint stint() {
      long start = reads.isEmpty() ? 0 : reads.get(0).offset();
      String reader = group + "/" + member + " (generation " + generation + ")";
      return new Stint(
          member,
          generation,
          assignedAt,
          firstPolledAt,
          new Reading(reader, partition, start, false, reads));
    }
  }

  /** A commit whose end may still be open. */
  final class Committing {
    private final String member;
    private final int generation;
    private final Map<TopicPartition, OffsetAndMetadata> offsets;
    private final long begunAt = System.nanoTime();
    private long endedAt = Long.MAX_VALUE;
    private Ending ending = Ending.UNKNOWN;

    private Committing(
        String member, int generation, Map<TopicPartition, OffsetAndMetadata> offsets) {
      this.member = member;
      this.generation = generation;
      this.offsets = Map.copyOf(offsets);
    }

    void ended(Ending how) {
      synchronized (GroupRecorder.this) {
        endedAt = System.nanoTime();
        ending = how;
      }
    }

    private List<Commit> commits() {
      return offsets.entrySet().stream()
          .map(
              one ->
                  new Commit(
                      member,
                      one.getKey().partition(),
                      one.getValue().offset(),
                      generation,
                      begunAt,
                      endedAt,
                      ending))
          .toList();
    }
  }

  synchronized Owned assigned(String member, int generation, int partition) {
    Owned one = new Owned(member, partition, generation);
    owned.add(one);
    return one;
  }

  /** What a member owns, as it hears of an assignment. */
  synchronized void holds(String member, int generation, Iterable<TopicPartition> partitions) {
    List<Integer> numbers = new ArrayList<>();
    partitions.forEach(partition -> numbers.add(partition.partition()));
    holdings.add(new Holding(member, generation, Set.copyOf(numbers)));
  }

  synchronized Committing committing(
      String member, int generation, Map<TopicPartition, OffsetAndMetadata> offsets) {
    Committing one = new Committing(member, generation, offsets);
    commits.add(one);
    return one;
  }

  synchronized void lookedUp(Lookup lookup) {
    lookups.add(lookup);
  }

  /** How a life of a member came to its end. */
  synchronized void lifeEnded(String how) {
    endings.merge(how, 1, Integer::sum);
  }

  /** Whether all that lies below these offsets was given to some member. */
  synchronized boolean hasReached(Map<Integer, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> polledEnds.getOrDefault(end.getKey(), 0L) >= end.getValue());
  }

  /** How far each partition was given out; exclusive. */
  synchronized Map<Integer, Long> polledEnds() {
    return new TreeMap<>(polledEnds);
  }

  synchronized GroupHistory history() {
    return new GroupHistory(
        group,
        owned.stream().map(Owned::stint).toList(),
        holdings,
        commits.stream().flatMap(one -> one.commits().stream()).toList(),
        lookups);
  }

  /** For people: how the lives of members ended. */
  synchronized String endings() {
    return endings.entrySet().stream()
        .map(ending -> ending.getKey() + " " + ending.getValue())
        .collect(Collectors.joining(", "));
  }
}
