package actors.controller;

import java.util.ArrayList;
import java.util.Collections;
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
    configs = Collections.unmodifiableMap(new TreeMap<>(configs));
    partitions = List.copyOf(partitions);
  }

  TopicImage withConfigs(Map<String, String> newConfigs) {
    return new TopicImage(id, name, newConfigs, partitions);
  }

  TopicImage withMore(List<PartitionImage> added) {
    List<PartitionImage> all = new ArrayList<>(partitions);
    all.addAll(added);
    return new TopicImage(id, name, configs, all);
  }

  /**
   * @param changed new images by partition number
   */
  TopicImage withChanged(Map<Integer, PartitionImage> changed) {
    List<PartitionImage> all = new ArrayList<>(partitions);
    changed.forEach(all::set);
    return new TopicImage(id, name, configs, all);
  }
}
