package actors.controller;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/**
 * A topic as the controller knows it.
 *
 * @param configs what was set on the topic itself, by Kafka's names; defaults are not in here
 * @param partitions by partition number, without gaps
 */
public record TopicImage(
    Uuid id, String name, Map<String, String> configs, List<PartitionImage> partitions) {
  public TopicImage {
    configs = java.util.Collections.unmodifiableMap(new TreeMap<>(configs));
    partitions = List.copyOf(partitions);
  }
}
