package actors.controller;

import actors.Outcome;
import actors.config.BrokerConfigs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/** How many partitions and replicas a topic gets, and on which brokers. */
final class TopicLayout {
  private static final int BY_DEFAULT = -1;

  private TopicLayout() {}

  /**
   * The partitions of a new topic.
   *
   * @param start where placement begins, drawn at random
   */
  static Outcome<List<PartitionImage>> ofNew(
      TopicSpec spec, ClusterMetadata image, BrokerConfigs defaults, int start) {
    if (!spec.assignments().isEmpty()) {
      return assigned(spec, image);
    }
    int partitions =
        spec.partitions() == BY_DEFAULT ? defaults.partitionsPerTopic() : spec.partitions();
    int replicationFactor =
        spec.replicationFactor() == BY_DEFAULT
            ? defaults.replicationFactor()
            : spec.replicationFactor();
    return placed(0, partitions, replicationFactor, image, start);
  }

  /** The partitions from {@code first} on that bring a topic to {@code total}. */
  static Outcome<List<PartitionImage>> placed(
      int first, int total, int replicationFactor, ClusterMetadata image, int start) {
    if (total < 1) {
      return Outcome.refused(
          Errors.INVALID_PARTITIONS, "A topic has at least one partition, not %d.", total);
    }
    List<Integer> active = image.brokers().keySet().stream().filter(image::isActive).toList();
    if (replicationFactor < 1 || replicationFactor > Limits.REPLICATION_FACTOR_MAX) {
      return Outcome.refused(
          Errors.INVALID_REPLICATION_FACTOR,
          "The replication factor is between 1 and %d, not %d.",
          Limits.REPLICATION_FACTOR_MAX,
          replicationFactor);
    }
    if (replicationFactor > active.size()) {
      return Outcome.refused(
          Errors.INVALID_REPLICATION_FACTOR,
          "%d replicas were asked for, but only %d brokers are available.",
          replicationFactor,
          active.size());
    }
    return bounded(total, total - first, image)
        .fold(
            count ->
                Outcome.accepted(
                    begun(
                        first,
                        Placement.place(
                            active,
                            brokerId -> image.brokers().get(brokerId).rack(),
                            first,
                            count,
                            replicationFactor,
                            start),
                        image)),
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  private static Outcome<List<PartitionImage>> assigned(TopicSpec spec, ClusterMetadata image) {
    if (spec.partitions() != BY_DEFAULT || spec.replicationFactor() != BY_DEFAULT) {
      return Outcome.refused(
          Errors.INVALID_REQUEST,
          "Where replicas are assigned, neither partitions nor replication factor can be given.");
    }
    Map<Integer, List<Integer>> assignments = new TreeMap<>(spec.assignments());
    int expected = 0;
    int replicationFactor = assignments.values().iterator().next().size();
    for (Map.Entry<Integer, List<Integer>> assignment : assignments.entrySet()) {
      if (assignment.getKey() != expected) {
        return misassigned("partition %d is missing", expected);
      }
      if (assignment.getValue().size() != replicationFactor) {
        return misassigned("partition %d has another number of replicas than 0", expected);
      }
      Outcome<List<Integer>> replicas = checked(expected, assignment.getValue(), image);
      if (replicas instanceof Outcome.Refused<List<Integer>> refused) {
        return Outcome.refused(refused.error(), "%s", refused.message());
      }
      expected++;
    }
    return bounded(expected, expected, image)
        .fold(
            count -> Outcome.accepted(begun(0, List.copyOf(assignments.values()), image)),
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  /** The next partitions of a topic, on brokers that the client has chosen for each. */
  static Outcome<List<PartitionImage>> assignedNext(
      TopicImage topic, int total, List<List<Integer>> assignments, ClusterMetadata image) {
    int first = topic.partitions().size();
    if (assignments.size() != total - first) {
      return misassigned(
          "%d partitions are to be added, but %d are assigned", total - first, assignments.size());
    }
    int replicationFactor = topic.partitions().get(0).target().size();
    for (int added = 0; added < assignments.size(); added++) {
      List<Integer> replicas = assignments.get(added);
      if (replicas.size() != replicationFactor) {
        return misassigned(
            "partition %d has %d replicas, partition 0 has %d",
            first + added, replicas.size(), replicationFactor);
      }
      Outcome<List<Integer>> checked = checked(first + added, replicas, image);
      if (checked instanceof Outcome.Refused<List<Integer>> refused) {
        return Outcome.refused(refused.error(), "%s", refused.message());
      }
    }
    return bounded(total, assignments.size(), image)
        .fold(
            count -> Outcome.accepted(begun(first, assignments, image)),
            refused -> Outcome.refused(refused.error(), "%s", refused.message()));
  }

  /** Whether these brokers may hold this partition. */
  private static Outcome<List<Integer>> checked(
      int partition, List<Integer> replicas, ClusterMetadata image) {
    if (replicas.isEmpty() || replicas.size() > Limits.REPLICATION_FACTOR_MAX) {
      return misassigned("partition %d has %d replicas", partition, replicas.size());
    }
    if (new HashSet<>(replicas).size() != replicas.size()) {
      return misassigned("partition %d names a broker twice", partition);
    }
    for (int brokerId : replicas) {
      if (!image.brokers().containsKey(brokerId)) {
        return misassigned("partition %d names broker %d, which is unknown", partition, brokerId);
      }
    }
    return replicas.stream().anyMatch(image::isActive)
        ? Outcome.accepted(replicas)
        : misassigned("no broker of partition %d is available", partition);
  }

  private static Outcome<Integer> bounded(int total, int added, ClusterMetadata image) {
    if (total > Limits.PARTITIONS_PER_TOPIC_MAX) {
      return Outcome.refused(
          Errors.INVALID_PARTITIONS,
          "A topic has at most %d partitions, not %d.",
          Limits.PARTITIONS_PER_TOPIC_MAX,
          total);
    }
    if (image.partitionCount() + added > Limits.PARTITIONS_PER_CLUSTER_MAX) {
      return Outcome.refused(
          Errors.INVALID_PARTITIONS,
          "%d more partitions would be more than the %d that this cluster holds.",
          added,
          Limits.PARTITIONS_PER_CLUSTER_MAX);
    }
    return Outcome.accepted(added);
  }

  private static List<PartitionImage> begun(
      int first, List<List<Integer>> placed, ClusterMetadata image) {
    List<PartitionImage> partitions = new ArrayList<>(placed.size());
    for (List<Integer> replicas : placed) {
      partitions.add(Placement.begin(first + partitions.size(), replicas, image::isActive));
    }
    return partitions;
  }

  private static <T> Outcome<T> misassigned(String format, Object... arguments) {
    return Outcome.refused(
        Errors.INVALID_REPLICA_ASSIGNMENT,
        "The assignment of replicas is wrong: %s.",
        String.format(format, arguments));
  }
}
