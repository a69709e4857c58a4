package streams;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;

/** Says what a source reads. */
public final class Subscriptions {
  private Subscriptions() {}

  /** The member's share of these topics; which partitions that are is the group's to say. */
  public static AutoSubscription topics(String... topics) {
    return new GroupSubscription(new TreeSet<>(List.of(topics)), Optional.empty());
  }

  /**
   * The member's share of all topics whose names match, those that come later too.
   *
   * @param pattern in the syntax of RE2; matched by the coordinator, against the whole name
   */
  public static AutoSubscription topicPattern(String pattern) {
    return new GroupSubscription(new TreeSet<>(), Optional.of(pattern));
  }

  /** These partitions, from where {@code start-position} of the settings says. */
  public static Subscription assignment(TopicPartition... partitions) {
    return all(List.of(partitions), new StartPoint.AsConfigured());
  }

  /** These partitions, from the first record still in the log. */
  public static Subscription assignmentFromBeginning(TopicPartition... partitions) {
    return all(List.of(partitions), new StartPoint.At(StartPosition.EARLIEST));
  }

  /** These partitions, from the next record that comes. */
  public static Subscription assignmentFromEnd(TopicPartition... partitions) {
    return all(List.of(partitions), new StartPoint.At(StartPosition.LATEST));
  }

  /**
   * @param offsets the first offset wanted of each partition
   */
  public static Subscription assignmentWithOffset(Map<TopicPartition, Long> offsets) {
    return each(offsets, StartPoint.AtOffset::new);
  }

  /**
   * @param timestampsMillis for each partition: it starts at the first record of this time or a
   *     later one, or at its end if there is none yet
   */
  public static Subscription assignmentOffsetsForTimes(Map<TopicPartition, Long> timestampsMillis) {
    return each(timestampsMillis, StartPoint.AtTime::new);
  }

  /**
   * @param starts for each partition its own
   */
  public static Subscription assignmentStartingAt(Map<TopicPartition, StartPoint> starts) {
    return new PartitionAssignment(starts);
  }

  private static Subscription all(Collection<TopicPartition> partitions, StartPoint start) {
    Map<TopicPartition, StartPoint> starts = new LinkedHashMap<>();
    partitions.forEach(partition -> starts.put(partition, start));
    return new PartitionAssignment(starts);
  }

  private static Subscription each(
      Map<TopicPartition, Long> numbers, Function<Long, StartPoint> start) {
    Map<TopicPartition, StartPoint> starts = new LinkedHashMap<>();
    numbers.forEach((partition, number) -> starts.put(partition, start.apply(number)));
    return new PartitionAssignment(starts);
  }
}
