package actors.group.consumer;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePSet;

/** A way to share out partitions among the members of a group; pure and deterministic. */
interface Assignor {
  /** As members and settings name it. */
  String name();

  /**
   * @return for each member what it is to have: each partition of a topic that somebody wants with
   *     exactly one of those who want the topic
   */
  SortedMap<String, TreePSet<Partition>> assign(Input input);

  /** Those there are. */
  static Optional<Assignor> named(String name) {
    return List.of(new UniformAssignor(), new RangeAssignor()).stream()
        .filter(assignor -> assignor.name().equals(name))
        .findFirst();
  }

  /**
   * @param candidates by member id
   * @param partitionCounts of each topic that some candidate wants
   */
  record Input(SortedMap<String, Candidate> candidates, SortedMap<Uuid, Integer> partitionCounts) {}

  /**
   * @param instanceId of a static member
   * @param topics that it wants and that are there
   * @param had under the target before
   */
  record Candidate(Optional<String> instanceId, SortedSet<Uuid> topics, TreePSet<Partition> had) {}
}
