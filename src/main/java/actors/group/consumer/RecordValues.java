package actors.group.consumer;

import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/** Writes values of records, as {@link RecordSchemas} has them. */
final class RecordValues {
  private static final short VERSION = 0;

  private RecordValues() {}

  static byte[] ofGroup(GroupEpoch content) {
    TreeMap<Integer, Object> tagged = new TreeMap<>();
    if (content.topicsHash() != 0) {
      tagged.put(RecordSchemas.TOPICS_HASH_TAG, content.topicsHash());
    }
    return bytes(
        RecordSchemas.GROUP, struct(RecordSchemas.GROUP, tagged).set("epoch", content.epoch()));
  }

  static byte[] ofMember(MemberInfo info) {
    // Kafka takes a member without the tag for one of the classic protocol, so it is always there.
    TreeMap<Integer, Object> tagged = new TreeMap<>();
    tagged.put(RecordSchemas.CLASSIC_TAG, info.classic().map(RecordValues::classic).orElse(null));
    return bytes(
        RecordSchemas.MEMBER,
        struct(RecordSchemas.MEMBER, tagged)
            .set("instance_id", info.instanceId().orElse(null))
            .set("rack_id", info.rackId().orElse(null))
            .set("client_id", info.clientId())
            .set("client_host", info.clientHost())
            .set("subscribed_topic_names", info.topics().toArray())
            .set("subscribed_topic_regex", info.pattern())
            .set("rebalance_timeout_ms", info.rebalanceMillis())
            .set("server_assignor", info.assignor().orElse(null)));
  }

  private static Struct classic(ClassicClient client) {
    Struct struct = struct(RecordSchemas.CLASSIC_CLIENT);
    List<Struct> protocols = new ArrayList<>();
    for (ClassicClient.Protocol protocol : client.protocols()) {
      protocols.add(
          tagless(struct.instance("supported_protocols"))
              .set("name", protocol.name())
              .set("metadata", protocol.metadata().duplicate()));
    }
    return struct
        .set("session_timeout_ms", client.sessionMillis())
        .set("supported_protocols", protocols.toArray());
  }

  static byte[] ofTarget(TargetEpoch content) {
    TreeMap<Integer, Object> tagged = new TreeMap<>();
    if (content.computedAtMillis() != 0) {
      tagged.put(RecordSchemas.COMPUTED_AT_TAG, content.computedAtMillis());
    }
    return bytes(
        RecordSchemas.TARGET,
        struct(RecordSchemas.TARGET, tagged).set("assignment_epoch", content.epoch()));
  }

  static byte[] ofTargetMember(TreePSet<Partition> partitions) {
    Struct struct = struct(RecordSchemas.TARGET_MEMBER);
    TreeMap<Uuid, List<Integer>> byTopic = new TreeMap<>();
    for (Partition partition : partitions) {
      byTopic
          .computeIfAbsent(partition.topicId(), topic -> new ArrayList<>())
          .add(partition.index());
    }
    List<Struct> topics = new ArrayList<>();
    byTopic.forEach(
        (topic, indexes) ->
            topics.add(
                tagless(struct.instance("topic_partitions"))
                    .set("topic_id", topic)
                    .set("partitions", indexes.toArray())));
    return bytes(RecordSchemas.TARGET_MEMBER, struct.set("topic_partitions", topics.toArray()));
  }

  static byte[] ofCurrent(CurrentAssignment current) {
    Struct struct = struct(RecordSchemas.CURRENT);
    return bytes(
        RecordSchemas.CURRENT,
        struct
            .set("member_epoch", current.epoch())
            .set("previous_member_epoch", current.previousEpoch())
            .set("state", current.state().code())
            .set("assigned_partitions", owned(struct, "assigned_partitions", current.owned()))
            .set(
                "partitions_pending_revocation",
                owned(struct, "partitions_pending_revocation", current.revoking())));
  }

  private static Object[] owned(
      Struct parent, String field, TreePMap<Partition, Integer> partitions) {
    TreeMap<Uuid, TreeMap<Integer, Integer>> byTopic = new TreeMap<>();
    for (Map.Entry<Partition, Integer> entry : partitions.entrySet()) {
      byTopic
          .computeIfAbsent(entry.getKey().topicId(), topic -> new TreeMap<>())
          .put(entry.getKey().index(), entry.getValue());
    }
    List<Struct> topics = new ArrayList<>();
    byTopic.forEach(
        (topic, epochs) -> {
          TreeMap<Integer, Object> tagged = new TreeMap<>();
          tagged.put(RecordSchemas.SINCE_EPOCHS_TAG, epochs.values().toArray());
          topics.add(
              parent
                  .instance(field)
                  .set(RecordSchemas.TAGGED, tagged)
                  .set("topic_id", topic)
                  .set("partitions", epochs.keySet().toArray()));
        });
    return topics.toArray();
  }

  static byte[] ofPattern(Resolution resolution) {
    return bytes(
        RecordSchemas.PATTERN,
        struct(RecordSchemas.PATTERN)
            .set("topics", resolution.topics().toArray())
            .set("version", resolution.topicsVersion())
            .set("timestamp", resolution.resolvedAtMillis()));
  }

  private static byte[] bytes(Schema schema, Struct struct) {
    return RecordKeys.bytes(VERSION, schema, struct);
  }

  private static Struct struct(Schema schema) {
    return tagless(new Struct(schema));
  }

  private static Struct struct(Schema schema, SortedMap<Integer, Object> tagged) {
    return new Struct(schema).set(RecordSchemas.TAGGED, tagged);
  }

  private static Struct tagless(Struct struct) {
    return struct.set(RecordSchemas.TAGGED, new TreeMap<Integer, Object>());
  }
}
