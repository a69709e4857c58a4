package actors.group.offsets;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/**
 * All that one group has committed, as the log holds it. It changes by records that are committed,
 * never before. For one thread.
 */
public final class OffsetBook {
  private final String groupId;
  private final NavigableMap<String, NavigableMap<Integer, CommittedOffset>> byTopic =
      new TreeMap<>();

  public OffsetBook(String groupId) {
    this.groupId = groupId;
  }

  /** A record is committed. */
  public void apply(OffsetRecord record) {
    String topic = record.partition().topic();
    int partition = record.partition().partition();
    if (record.committed().isPresent()) {
      byTopic
          .computeIfAbsent(topic, first -> new TreeMap<>())
          .put(partition, record.committed().get());
      return;
    }
    NavigableMap<Integer, CommittedOffset> rest = byTopic.get(topic);
    if (rest != null) {
      rest.remove(partition);
      if (rest.isEmpty()) {
        byTopic.remove(topic);
      }
    }
  }

  public boolean isEmpty() {
    return byTopic.isEmpty();
  }

  /** Partitions that have an offset. */
  public int size() {
    return byTopic.values().stream().mapToInt(NavigableMap::size).sum();
  }

  public Optional<CommittedOffset> find(String topic, int partition) {
    return Optional.ofNullable(
        byTopic.getOrDefault(topic, Collections.emptyNavigableMap()).get(partition));
  }

  /** By topic and partition. */
  public NavigableMap<String, NavigableMap<Integer, CommittedOffset>> all() {
    return Collections.unmodifiableNavigableMap(byTopic);
  }

  /** Records that forget everything. */
  public List<OffsetRecord> tombstones() {
    return forget(anyTopic -> true, anyOffset -> true);
  }

  /** Records that forget the offsets of these topics. */
  public List<OffsetRecord> forgetTopics(Predicate<String> topics) {
    return forget(topics, anyOffset -> true);
  }

  /**
   * Records that forget what nobody has used for too long (KIP-211).
   *
   * @param inUse topics whose offsets stay, however old
   * @param unusedSinceMillis since when the whole group is not in use; empty: it is, or never was a
   *     group, and then it counts when each offset was committed
   */
  public List<OffsetRecord> expired(
      Predicate<String> inUse,
      OptionalLong unusedSinceMillis,
      long retentionMillis,
      long nowMillis) {
    return forget(
        topic -> !inUse.test(topic),
        offset -> isExpired(offset, unusedSinceMillis, retentionMillis, nowMillis));
  }

  private static boolean isExpired(
      CommittedOffset offset, OptionalLong unusedSinceMillis, long retentionMillis, long now) {
    if (offset.expireMillis().isPresent()) {
      return now >= offset.expireMillis().getAsLong();
    }
    long since = Math.max(offset.commitMillis(), unusedSinceMillis.orElse(Long.MIN_VALUE));
    return now - since >= retentionMillis;
  }

  private List<OffsetRecord> forget(Predicate<String> topics, Predicate<CommittedOffset> offsets) {
    List<OffsetRecord> records = new ArrayList<>();
    for (Map.Entry<String, NavigableMap<Integer, CommittedOffset>> topic : byTopic.entrySet()) {
      if (topics.test(topic.getKey())) {
        topic
            .getValue()
            .forEach(
                (partition, offset) -> {
                  if (offsets.test(offset)) {
                    records.add(
                        new OffsetRecord(
                            groupId,
                            new TopicPartition(topic.getKey(), partition),
                            Optional.empty()));
                  }
                });
      }
    }
    return records;
  }
}
