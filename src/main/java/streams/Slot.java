package streams;

import java.util.Comparator;
import org.apache.kafka.common.Uuid;

/** A partition as a group names it: a topic made anew under an old name has others. */
record Slot(Uuid topicId, int index) implements Comparable<Slot> {
  private static final Comparator<Slot> ORDER =
      Comparator.comparing(Slot::topicId).thenComparingInt(Slot::index);

  @Override
  public int compareTo(Slot other) {
    return ORDER.compare(this, other);
  }
}
