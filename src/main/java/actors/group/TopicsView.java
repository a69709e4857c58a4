package actors.group;

import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;

/** The topics of the cluster as far as groups care; immutable. */
public interface TopicsView {
  /** Grows whenever a topic comes, goes or grows; what it answers is the same while it stays. */
  long version();

  Optional<Topic> topic(String name);

  Optional<Topic> topic(Uuid id);

  /** Of all topics, for patterns. */
  SortedSet<String> names();

  /**
   * @param racks of each partition, the racks that its replicas are in; none where racks are not
   *     configured
   */
  record Topic(
      Uuid id, String name, int partitionCount, SortedMap<Integer, SortedSet<String>> racks) {}
}
