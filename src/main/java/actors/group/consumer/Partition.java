package actors.group.consumer;

import java.util.Comparator;
import org.apache.kafka.common.Uuid;

/**
 * A partition of a topic, which goes by its id: a topic made anew under its name is another one.
 */
public record Partition(Uuid topicId, int index) implements Comparable<Partition> {
  private static final Comparator<Partition> ORDER =
      Comparator.comparing(Partition::topicId).thenComparingInt(Partition::index);

  @Override
  public int compareTo(Partition other) {
    return ORDER.compare(this, other);
  }
}
