package actors.config;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;
import static org.apache.kafka.common.config.ConfigDef.Type.BOOLEAN;
import static org.apache.kafka.common.config.ConfigDef.Type.DOUBLE;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import actors.config.TopicSetting.BrokerSynonym;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/**
 * The catalogue of broker-wide settings: the defaults of topics, the broker's own, and those of
 * parts that are yet to come.
 */
final class BrokerSettings {
  private BrokerSettings() {}

  static ConfigDef definition() {
    return comingParts(GroupSettingNames.addTo(ownOf(defaultsOfTopics(new ConfigDef()))));
  }

  private static ConfigDef defaultsOfTopics(ConfigDef definition) {
    for (TopicSetting topicSetting : TopicConfigs.SETTINGS) {
      for (BrokerSynonym synonym : topicSetting.synonyms()) {
        definition.define(
            synonym.name(),
            synonym.type(),
            synonym.standard(),
            Importance.MEDIUM,
            "Default of the topic setting %s. %s"
                .formatted(topicSetting.name(), topicSetting.documentation()));
      }
    }
    return definition;
  }

  private static ConfigDef ownOf(ConfigDef definition) {
    return definition
        .define(
            "auto.create.topics.enable",
            BOOLEAN,
            true,
            Importance.HIGH,
            "Make a topic when a client first asks for it.")
        .define(
            "auto.leader.rebalance.enable",
            BOOLEAN,
            true,
            Importance.HIGH,
            "Give leaderships back to preferred leaders now and then.")
        .define(
            "connections.max.idle.ms",
            LONG,
            600_000L,
            atLeast(-1),
            Importance.MEDIUM,
            "Close a connection on which nothing came for this time, milliseconds; -1 for never.")
        .define(
            "default.replication.factor",
            INT,
            1,
            atLeast(1),
            Importance.MEDIUM,
            "Replicas of a topic whose maker does not say.")
        .define(
            "replica.lag.time.max.ms",
            LONG,
            30_000L,
            atLeast(1),
            Importance.HIGH,
            "How long a follower may lag before it leaves the ISR, milliseconds.")
        .define(
            "replica.selector.class",
            STRING,
            "",
            ConfigDef.ValidString.in(
                "",
                "org.apache.kafka.common.replica.LeaderSelector",
                "org.apache.kafka.common.replica.RackAwareReplicaSelector"),
            Importance.MEDIUM,
            "Set to Kafka's RackAwareReplicaSelector, consumers that name their rack read from a"
                + " replica in it.")
        .define("delete.topic.enable", BOOLEAN, true, Importance.HIGH, "Let clients delete topics.")
        .define(
            "fetch.max.bytes",
            INT,
            55 * 1024 * 1024,
            atLeast(1024),
            Importance.MEDIUM,
            "Most bytes in the answer to one fetch.")
        .define(
            "leader.imbalance.check.interval.seconds",
            LONG,
            300L,
            between(1, Integer.MAX_VALUE),
            Importance.HIGH,
            "How often it is looked whether leaderships should go back, seconds.")
        .define(
            "leader.imbalance.per.broker.percentage",
            INT,
            10,
            atLeast(0),
            Importance.HIGH,
            "Leaderships go back to a broker once others lead more than this share of the"
                + " partitions that prefer it, percent.")
        .define(
            BrokerConfigs.LOG_BYTES_FREE_MIN,
            LONG,
            -1L,
            atLeast(-1),
            Importance.MEDIUM,
            "Take no records while less than this is free on the volume of the logs, bytes; -1 for"
                + " the smaller of 64 MiB and 2 % of the volume, 0 to write to the last byte.")
        .define(
            "log.cleaner.backoff.ms",
            LONG,
            15_000L,
            atLeast(1),
            Importance.MEDIUM,
            "How often it is looked whether a log is to be compacted, milliseconds.")
        .define(
            "log.cleaner.dedupe.buffer.size",
            LONG,
            128L * 1024 * 1024,
            atLeast(1024 * 1024),
            Importance.MEDIUM,
            "Memory for the keys of all logs that are compacted at a time, bytes, 24 a key; at most"
                + " an eighth of the heap.")
        .define(
            "log.cleaner.enable",
            BOOLEAN,
            true,
            Importance.MEDIUM,
            "Compact topics whose cleanup.policy has compact.")
        .define(
            "log.cleaner.io.max.bytes.per.second",
            DOUBLE,
            Double.MAX_VALUE,
            atLeast(1),
            Importance.MEDIUM,
            "Bytes a second that compaction reads and writes, all logs together.")
        .define(
            "log.cleaner.threads",
            INT,
            1,
            between(1, 16),
            Importance.MEDIUM,
            "How many logs are compacted at a time.")
        .define(
            "log.retention.check.interval.ms",
            LONG,
            300_000L,
            atLeast(1),
            Importance.MEDIUM,
            "How often old segments are looked for, milliseconds.")
        .define(
            "max.connections",
            INT,
            Integer.MAX_VALUE,
            atLeast(0),
            Importance.MEDIUM,
            "Most connections at one time.")
        .define(
            "max.connections.per.ip",
            INT,
            Integer.MAX_VALUE,
            atLeast(0),
            Importance.MEDIUM,
            "Most connections at one time from one address.")
        .define(
            "max.request.partition.size.limit",
            INT,
            2000,
            atLeast(1),
            Importance.MEDIUM,
            "Most partitions in one answer of DescribeTopicPartitions.")
        .define(
            "num.partitions",
            INT,
            1,
            atLeast(1),
            Importance.MEDIUM,
            "Partitions of a topic whose maker does not say.")
        .define(
            "producer.id.expiration.ms",
            LONG,
            86_400_000L,
            atLeast(1),
            Importance.LOW,
            "Forget an idempotent producer that has been silent for this time, milliseconds.")
        .define(
            "queued.max.request.bytes",
            LONG,
            -1L,
            Importance.MEDIUM,
            "Bytes of requests in flight over all connections; -1 for the broker's own bound.")
        .define(
            "socket.request.max.bytes",
            INT,
            100 * 1024 * 1024,
            atLeast(1),
            Importance.MEDIUM,
            "Largest request, bytes.")
        .define(
            "socket.send.buffer.bytes",
            INT,
            100 * 1024,
            atLeast(-1),
            Importance.HIGH,
            "What the kernel keeps of answers that a client has not taken yet, bytes for each"
                + " connection; -1 for what the operating system chooses.");
  }

  /** Taken so that a cluster file written for Kafka starts; each says that it has no effect. */
  private static ConfigDef comingParts(ConfigDef definition) {
    acceptedOnly(
        definition,
        "log.cleaner.io.buffer.size",
        INT,
        524_288,
        "Memory for what compaction reads and writes, bytes.");
    acceptedOnly(
        definition,
        "log.flush.scheduler.interval.ms",
        LONG,
        Long.MAX_VALUE,
        "How often it is looked what to force to the disk, milliseconds.");
    acceptedOnly(
        definition,
        "max.incremental.fetch.session.cache.slots",
        INT,
        1_000,
        "Most fetch sessions that are remembered.");
    acceptedOnly(
        definition,
        "transactional.id.expiration.ms",
        INT,
        604_800_000,
        "Forget a transactional id that has been silent for this time, milliseconds.");
    return definition;
  }

  private static void acceptedOnly(
      ConfigDef definition, String name, ConfigDef.Type type, Object standard, String doc) {
    definition.define(
        name, type, standard, atLeast(0), Importance.LOW, doc + " " + TopicConfigs.ACCEPTED_ONLY);
  }
}
