package actors.config;

import static org.apache.kafka.common.config.ConfigDef.Range.atLeast;
import static org.apache.kafka.common.config.ConfigDef.Range.between;
import static org.apache.kafka.common.config.ConfigDef.Type.INT;
import static org.apache.kafka.common.config.ConfigDef.Type.LIST;
import static org.apache.kafka.common.config.ConfigDef.Type.LONG;
import static org.apache.kafka.common.config.ConfigDef.Type.STRING;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;

/** The settings of consumer groups and their offsets, by Kafka's names and with its defaults. */
final class GroupSettingNames {
  private GroupSettingNames() {}

  static ConfigDef addTo(ConfigDef definition) {
    return ofOffsets(ofConsumerProtocol(ofClassicProtocol(definition)));
  }

  private static ConfigDef ofClassicProtocol(ConfigDef definition) {
    return definition
        .define(
            "group.initial.rebalance.delay.ms",
            INT,
            3_000,
            atLeast(0),
            Importance.MEDIUM,
            "How long a new group waits for more members, milliseconds.")
        .define(
            "group.max.session.timeout.ms",
            INT,
            1_800_000,
            atLeast(1),
            Importance.MEDIUM,
            "Longest session timeout of a group's member, milliseconds.")
        .define(
            "group.min.session.timeout.ms",
            INT,
            6_000,
            atLeast(1),
            Importance.MEDIUM,
            "Shortest session timeout of a group's member, milliseconds.")
        .define(
            "group.max.size",
            INT,
            Integer.MAX_VALUE,
            atLeast(1),
            Importance.MEDIUM,
            "Most members of a group of the classic protocol.");
  }

  private static ConfigDef ofConsumerProtocol(ConfigDef definition) {
    return definition
        .define(
            "group.consumer.session.timeout.ms",
            INT,
            45_000,
            atLeast(1),
            Importance.MEDIUM,
            "After this time without a heartbeat a member is removed, milliseconds (KIP-848).")
        .define(
            "group.consumer.heartbeat.interval.ms",
            INT,
            5_000,
            atLeast(1),
            Importance.MEDIUM,
            "How often members are to send heartbeats, milliseconds (KIP-848).")
        .define(
            "group.consumer.max.size",
            INT,
            Integer.MAX_VALUE,
            atLeast(1),
            Importance.MEDIUM,
            "Most members of a group of the consumer protocol (KIP-848).")
        .define(
            "group.consumer.assignors",
            LIST,
            List.of("uniform", "range"),
            ConfigDef.ValidList.in("uniform", "range"),
            Importance.MEDIUM,
            "Assignors that members may choose; the first is the default (KIP-848).")
        .define(
            "group.consumer.migration.policy",
            STRING,
            "bidirectional",
            ValidString.in("bidirectional", "upgrade", "downgrade", "disabled"),
            Importance.MEDIUM,
            "How a group with members may change between the protocols (KIP-848).");
  }

  private static ConfigDef ofOffsets(ConfigDef definition) {
    return definition
        .define(
            "offset.metadata.max.bytes",
            INT,
            4_096,
            atLeast(0),
            Importance.HIGH,
            "Longest metadata of a committed offset.")
        .define(
            "offsets.retention.minutes",
            INT,
            10_080,
            atLeast(1),
            Importance.HIGH,
            "How long the offsets of a group without members are kept, minutes.")
        .define(
            "offsets.retention.check.interval.ms",
            LONG,
            600_000L,
            atLeast(1),
            Importance.HIGH,
            "How often it is looked for offsets that are kept no longer, milliseconds.")
        .define(
            "offsets.topic.num.partitions",
            INT,
            50,
            between(1, 10_000),
            Importance.HIGH,
            "Partitions of the topic of offsets.")
        .define(
            "offsets.topic.replication.factor",
            INT,
            3,
            between(1, Short.MAX_VALUE),
            Importance.HIGH,
            "Replicas of the topic of offsets; no more than the cluster has nodes.")
        .define(
            "offsets.topic.segment.bytes",
            INT,
            100 * 1024 * 1024,
            atLeast(1024 * 1024),
            Importance.HIGH,
            "Segment size of the topic of offsets, bytes.");
  }
}
