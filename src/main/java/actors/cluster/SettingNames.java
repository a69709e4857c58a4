package actors.cluster;

import actors.config.BrokerConfigs;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which broker settings exist, by Kafka's names, and what a topic's setting is called when it
 * stands for all topics of a broker.
 */
public final class SettingNames {
  /** Kafka's topic setting → the broker setting that is its default. */
  private static final Map<String, String> OF_TOPICS = new LinkedHashMap<>();

  static {
    OF_TOPICS.put("cleanup.policy", "log.cleanup.policy");
    OF_TOPICS.put("compression.type", "compression.type");
    OF_TOPICS.put("compression.gzip.level", "compression.gzip.level");
    OF_TOPICS.put("compression.lz4.level", "compression.lz4.level");
    OF_TOPICS.put("compression.zstd.level", "compression.zstd.level");
    OF_TOPICS.put("delete.retention.ms", "log.cleaner.delete.retention.ms");
    OF_TOPICS.put("file.delete.delay.ms", "log.segment.delete.delay.ms");
    OF_TOPICS.put("flush", "flush");
    OF_TOPICS.put("flush.messages", "log.flush.interval.messages");
    OF_TOPICS.put("flush.ms", "log.flush.interval.ms");
    OF_TOPICS.put("index.interval.bytes", "log.index.interval.bytes");
    OF_TOPICS.put("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms");
    OF_TOPICS.put("max.message.bytes", "message.max.bytes");
    OF_TOPICS.put("message.timestamp.after.max.ms", "log.message.timestamp.after.max.ms");
    OF_TOPICS.put("message.timestamp.before.max.ms", "log.message.timestamp.before.max.ms");
    OF_TOPICS.put("message.timestamp.type", "log.message.timestamp.type");
    OF_TOPICS.put("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio");
    OF_TOPICS.put("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms");
    OF_TOPICS.put("min.insync.replicas", "min.insync.replicas");
    OF_TOPICS.put("preallocate", "log.preallocate");
    OF_TOPICS.put("retention.bytes", "log.retention.bytes");
    OF_TOPICS.put("retention.ms", "log.retention.ms");
    OF_TOPICS.put("segment.bytes", "log.segment.bytes");
    OF_TOPICS.put("segment.index.bytes", "log.index.size.max.bytes");
    OF_TOPICS.put("segment.jitter.ms", "log.roll.jitter.ms");
    OF_TOPICS.put("segment.ms", "log.roll.ms");
    OF_TOPICS.put("unclean.leader.election.enable", "unclean.leader.election.enable");
  }

  /** Names that say what another part of the configuration says, and which part that is. */
  private static final Map<String, String> SAID_ELSEWHERE =
      Map.of(
          "node.id", "the node's id",
          "broker.id", "the node's id",
          "broker.rack", "the node's rack",
          "log.dir", "the node's data directory",
          "log.dirs", "the node's data directory",
          "listeners", "the node's host and kafka-port",
          "advertised.listeners", "the node's advertised-host and kafka-port",
          "process.roles", "nothing: every node is a broker",
          "controller.quorum.voters", "cluster.journal-voters");

  private SettingNames() {}

  static Map<String, String> ofTopics() {
    return OF_TOPICS;
  }

  /**
   * Refuses a broker setting that does not exist, has a value out of bounds, or is decided
   * elsewhere.
   *
   * @param place where it was said
   * @param key as it was said there
   */
  public static void check(String place, String key, String name, String value) {
    String elsewhere = SAID_ELSEWHERE.get(name);
    if (elsewhere != null) {
      throw new ConfigMistake(
          place + ": \"" + key + "\" contradicts what is set by " + elsewhere + "; leave it out");
    }
    BrokerConfigs.of(Map.of(name, value))
        .fold(
            accepted -> accepted,
            refused -> {
              throw new ConfigMistake(place + ": \"" + key + "\": " + refused.message());
            });
  }
}
