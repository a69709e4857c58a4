package actors.group.consumer;

import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Field.TaggedFieldsSection;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Type;

/**
 * Kafka's formats of the records of KIP-848, version 0 of each. Keys have plain fields, values
 * compact ones with tagged fields; two bytes of version come before either.
 */
final class RecordSchemas {
  static final String TAGGED = "_tagged_fields";

  static final Schema GROUP_KEY = new Schema(field("group_id", Type.STRING));
  static final Schema MEMBER_KEY =
      new Schema(field("group_id", Type.STRING), field("member_id", Type.STRING));
  static final Schema PATTERN_KEY =
      new Schema(field("group_id", Type.STRING), field("regular_expression", Type.STRING));

  static final int TOPICS_HASH_TAG = 0;
  static final Schema GROUP =
      new Schema(
          field("epoch", Type.INT32),
          TaggedFieldsSection.of(TOPICS_HASH_TAG, field("metadata_hash", Type.INT64)));

  private static final Schema CLASSIC_PROTOCOL =
      new Schema(
          field("name", Type.COMPACT_STRING),
          field("metadata", Type.COMPACT_BYTES),
          TaggedFieldsSection.of());
  static final Schema CLASSIC_CLIENT =
      new Schema(
          field("session_timeout_ms", Type.INT32),
          field("supported_protocols", new CompactArrayOf(CLASSIC_PROTOCOL)),
          TaggedFieldsSection.of());
  static final int CLASSIC_TAG = 0;
  static final Schema MEMBER =
      new Schema(
          field("instance_id", Type.COMPACT_NULLABLE_STRING),
          field("rack_id", Type.COMPACT_NULLABLE_STRING),
          field("client_id", Type.COMPACT_STRING),
          field("client_host", Type.COMPACT_STRING),
          field("subscribed_topic_names", new CompactArrayOf(Type.COMPACT_STRING)),
          field("subscribed_topic_regex", Type.COMPACT_NULLABLE_STRING),
          field("rebalance_timeout_ms", Type.INT32),
          field("server_assignor", Type.COMPACT_NULLABLE_STRING),
          TaggedFieldsSection.of(
              CLASSIC_TAG, field("classic_member_metadata", new TaggedStruct(CLASSIC_CLIENT))));

  static final int COMPUTED_AT_TAG = 0;
  static final Schema TARGET =
      new Schema(
          field("assignment_epoch", Type.INT32),
          TaggedFieldsSection.of(COMPUTED_AT_TAG, field("assignment_timestamp", Type.INT64)));

  private static final Schema TOPIC_PARTITIONS =
      new Schema(
          field("topic_id", Type.UUID),
          field("partitions", new CompactArrayOf(Type.INT32)),
          TaggedFieldsSection.of());
  static final Schema TARGET_MEMBER =
      new Schema(
          field("topic_partitions", new CompactArrayOf(TOPIC_PARTITIONS)),
          TaggedFieldsSection.of());

  static final int SINCE_EPOCHS_TAG = 0;
  private static final Schema OWNED_PARTITIONS =
      new Schema(
          field("topic_id", Type.UUID),
          field("partitions", new CompactArrayOf(Type.INT32)),
          TaggedFieldsSection.of(
              SINCE_EPOCHS_TAG, field("assignment_epochs", CompactArrayOf.nullable(Type.INT32))));
  static final Schema CURRENT =
      new Schema(
          field("member_epoch", Type.INT32),
          field("previous_member_epoch", Type.INT32),
          field("state", Type.INT8),
          field("assigned_partitions", new CompactArrayOf(OWNED_PARTITIONS)),
          field("partitions_pending_revocation", new CompactArrayOf(OWNED_PARTITIONS)),
          TaggedFieldsSection.of());

  static final Schema PATTERN =
      new Schema(
          field("topics", new CompactArrayOf(Type.COMPACT_STRING)),
          field("version", Type.INT64),
          field("timestamp", Type.INT64),
          TaggedFieldsSection.of());

  private RecordSchemas() {}

  private static Field field(String name, Type type) {
    return new Field(name, type);
  }
}
