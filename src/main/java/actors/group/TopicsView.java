package actors.group;

import java.util.Optional;
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

  /** No more of a topic than costs nothing to say: every heartbeat asks. */
  record Topic(Uuid id, String name, int partitionCount) {}
}
