package streams;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Partitions named one by one, each with its own start. */
record PartitionAssignment(Map<TopicPartition, StartPoint> starts) implements Subscription {
  PartitionAssignment {
    if (starts.isEmpty()) {
      throw new IllegalArgumentException("a subscription names at least one partition");
    }
    starts = Collections.unmodifiableMap(new LinkedHashMap<>(starts));
  }
}
