package storage.log;

import java.util.Comparator;
import java.util.Optional;

/** A partition as directories and checkpoints name it. */
public record PartitionName(String topic, int partition) implements Comparable<PartitionName> {
  private static final Comparator<PartitionName> ORDER =
      Comparator.comparing(PartitionName::topic).thenComparingInt(PartitionName::partition);

  /** Reads {@code <topic>-<partition>}; empty if the name is not of this form. */
  public static Optional<PartitionName> fromDirectory(String name) {
    int dash = name.lastIndexOf('-');
    if (dash <= 0 || dash == name.length() - 1 || name.length() - dash > 11) {
      return Optional.empty();
    }
    for (int i = dash + 1; i < name.length(); i++) {
      if (name.charAt(i) < '0' || name.charAt(i) > '9') {
        return Optional.empty();
      }
    }
    long partition = Long.parseLong(name, dash + 1, name.length(), 10);
    return partition > Integer.MAX_VALUE
        ? Optional.empty()
        : Optional.of(new PartitionName(name.substring(0, dash), (int) partition));
  }

  public String directoryName() {
    return topic + "-" + partition;
  }

  @Override
  public int compareTo(PartitionName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return directoryName();
  }
}
