package actors.controller;

import java.util.List;
import java.util.Map;

/**
 * A topic as somebody asks for it.
 *
 * @param partitions how many, or -1 for the broker's default; -1 as well where assignments are
 *     given
 * @param replicationFactor how many replicas each, or -1 for the broker's default
 * @param assignments broker ids per partition, chosen by the client; empty: the controller places
 * @param configs by Kafka's names
 */
public record TopicSpec(
    String name,
    int partitions,
    int replicationFactor,
    Map<Integer, List<Integer>> assignments,
    Map<String, String> configs) {
  public static TopicSpec of(String name, int partitions, Map<String, String> configs) {
    return new TopicSpec(name, partitions, -1, Map.of(), configs);
  }
}
