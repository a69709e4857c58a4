package actors.group.consumer;

import actors.group.UnreadableRecord;
import actors.group.consumer.ConsumerGroupRecord.CurrentMember;
import actors.group.consumer.ConsumerGroupRecord.GroupEpoch;
import actors.group.consumer.ConsumerGroupRecord.GroupMetadata;
import actors.group.consumer.ConsumerGroupRecord.MemberMetadata;
import actors.group.consumer.ConsumerGroupRecord.PartitionMetadata;
import actors.group.consumer.ConsumerGroupRecord.RegularExpression;
import actors.group.consumer.ConsumerGroupRecord.Resolution;
import actors.group.consumer.ConsumerGroupRecord.TargetEpoch;
import actors.group.consumer.ConsumerGroupRecord.TargetMember;
import actors.group.consumer.ConsumerGroupRecord.TargetMetadata;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.protocol.types.Struct;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/** Reads records of KIP-848 as {@code __consumer_offsets} holds them. */
public final class RecordDecoder {
  private static final short VALUE_VERSION = 0;

  private RecordDecoder() {}

  /** Whether the first two bytes of a key announce a record that {@link #decode} reads. */
  public static boolean knows(short keyVersion) {
    return (keyVersion >= GroupMetadata.KEY_VERSION && keyVersion <= CurrentMember.KEY_VERSION)
        || keyVersion == RegularExpression.KEY_VERSION;
  }

  /**
   * @param key with its two bytes of version
   * @param value with its two bytes of version; empty: a tombstone
   * @throws UnreadableRecord if the bytes are not such a record
   */
  public static ConsumerGroupRecord decode(byte[] key, Optional<byte[]> value) {
    ByteBuffer bytes = ByteBuffer.wrap(key);
    if (bytes.remaining() < Short.BYTES) {
      throw new UnreadableRecord("the key has " + key.length + " bytes, too few for its version");
    }
    short kind = bytes.getShort();
    if (!knows(kind)) {
      throw new UnreadableRecord("key version " + kind + " is not a record of a consumer group");
    }
    Schema schema = keySchema(kind);
    Struct fields = read("key version " + kind, schema, bytes);
    String groupId = fields.getString("group_id");
    return switch (kind) {
      case GroupMetadata.KEY_VERSION ->
          new GroupMetadata(
              groupId, content(kind, value, RecordSchemas.GROUP, RecordDecoder::group));
      case PartitionMetadata.KEY_VERSION -> new PartitionMetadata(groupId);
      case MemberMetadata.KEY_VERSION ->
          new MemberMetadata(
              groupId,
              fields.getString("member_id"),
              content(kind, value, RecordSchemas.MEMBER, RecordDecoder::member));
      case TargetMetadata.KEY_VERSION ->
          new TargetMetadata(
              groupId, content(kind, value, RecordSchemas.TARGET, RecordDecoder::target));
      case TargetMember.KEY_VERSION ->
          new TargetMember(
              groupId,
              fields.getString("member_id"),
              content(kind, value, RecordSchemas.TARGET_MEMBER, RecordDecoder::targetMember));
      case CurrentMember.KEY_VERSION ->
          new CurrentMember(
              groupId,
              fields.getString("member_id"),
              content(kind, value, RecordSchemas.CURRENT, RecordDecoder::current));
      default ->
          new RegularExpression(
              groupId,
              fields.getString("regular_expression"),
              content(kind, value, RecordSchemas.PATTERN, RecordDecoder::pattern));
    };
  }

  private static Schema keySchema(short kind) {
    return switch (kind) {
      case GroupMetadata.KEY_VERSION, PartitionMetadata.KEY_VERSION, TargetMetadata.KEY_VERSION ->
          RecordSchemas.GROUP_KEY;
      case RegularExpression.KEY_VERSION -> RecordSchemas.PATTERN_KEY;
      default -> RecordSchemas.MEMBER_KEY;
    };
  }

  private static <T> Optional<T> content(
      short kind, Optional<byte[]> value, Schema schema, Function<Struct, T> reader) {
    return value.map(
        array -> {
          String what = "value of key version " + kind;
          ByteBuffer bytes = ByteBuffer.wrap(array);
          if (bytes.remaining() < Short.BYTES) {
            throw new UnreadableRecord(
                "the " + what + " has " + array.length + " bytes, too few for its version");
          }
          short version = bytes.getShort();
          if (version != VALUE_VERSION) {
            throw new UnreadableRecord(
                "the " + what + " has version " + version + "; known is " + VALUE_VERSION);
          }
          return reader.apply(read(what, schema, bytes));
        });
  }

  private static Struct read(String what, Schema schema, ByteBuffer bytes) {
    Struct struct;
    try {
      struct = schema.read(bytes);
    } catch (SchemaException | BufferUnderflowException | IllegalArgumentException e) {
      throw new UnreadableRecord("the " + what + " cannot be read: " + e.getMessage(), e);
    }
    if (bytes.hasRemaining()) {
      throw new UnreadableRecord(
          "the " + what + " has " + bytes.remaining() + " bytes more than its fields");
    }
    return struct;
  }

  private static GroupEpoch group(Struct struct) {
    Object hash = tagged(struct).get(RecordSchemas.TOPICS_HASH_TAG);
    return new GroupEpoch(struct.getInt("epoch"), hash == null ? 0 : (Long) hash);
  }

  private static MemberInfo member(Struct struct) {
    Struct classic = (Struct) tagged(struct).get(RecordSchemas.CLASSIC_TAG);
    return new MemberInfo(
        Optional.ofNullable(struct.getString("instance_id")),
        Optional.ofNullable(struct.getString("rack_id")),
        struct.getString("client_id"),
        struct.getString("client_host"),
        strings(struct.getArray("subscribed_topic_names")),
        Optional.ofNullable(struct.getString("subscribed_topic_regex")).orElse(""),
        struct.getInt("rebalance_timeout_ms"),
        Optional.ofNullable(struct.getString("server_assignor")),
        Optional.ofNullable(classic).map(RecordDecoder::classic));
  }

  private static ClassicClient classic(Struct struct) {
    List<ClassicClient.Protocol> protocols = new ArrayList<>();
    for (Object each : struct.getArray("supported_protocols")) {
      Struct protocol = (Struct) each;
      protocols.add(
          new ClassicClient.Protocol(protocol.getString("name"), protocol.getBytes("metadata")));
    }
    return new ClassicClient(struct.getInt("session_timeout_ms"), protocols);
  }

  private static TargetEpoch target(Struct struct) {
    Object computedAt = tagged(struct).get(RecordSchemas.COMPUTED_AT_TAG);
    return new TargetEpoch(
        struct.getInt("assignment_epoch"), computedAt == null ? 0 : (Long) computedAt);
  }

  private static TreePSet<Partition> targetMember(Struct struct) {
    TreeSet<Partition> partitions = new TreeSet<>();
    for (Object each : struct.getArray("topic_partitions")) {
      Struct topic = (Struct) each;
      Uuid id = (Uuid) topic.get("topic_id");
      for (Object index : topic.getArray("partitions")) {
        partitions.add(new Partition(id, (Integer) index));
      }
    }
    return TreePSet.fromSortedSet(partitions);
  }

  private static CurrentAssignment current(Struct struct) {
    int epoch = struct.getInt("member_epoch");
    return new CurrentAssignment(
        epoch,
        struct.getInt("previous_member_epoch"),
        MemberState.of((Byte) struct.get("state")),
        owned(struct.getArray("assigned_partitions"), epoch),
        owned(struct.getArray("partitions_pending_revocation"), epoch));
  }

  /**
   * Kafka before 4.3 does not write since when: the member's epoch then is the latest it can be.
   */
  private static TreePMap<Partition, Integer> owned(Object[] topics, int memberEpoch) {
    TreeMap<Partition, Integer> partitions = new TreeMap<>();
    for (Object each : topics) {
      Struct topic = (Struct) each;
      Uuid id = (Uuid) topic.get("topic_id");
      Object[] indexes = topic.getArray("partitions");
      Object[] epochs = (Object[]) tagged(topic).get(RecordSchemas.SINCE_EPOCHS_TAG);
      if (epochs != null && epochs.length != indexes.length) {
        throw new UnreadableRecord(
            "topic "
                + id
                + " has "
                + indexes.length
                + " partitions but "
                + epochs.length
                + " epochs");
      }
      for (int i = 0; i < indexes.length; i++) {
        partitions.put(
            new Partition(id, (Integer) indexes[i]),
            epochs == null ? (Integer) memberEpoch : (Integer) epochs[i]);
      }
    }
    return TreePMap.fromSortedMap(partitions);
  }

  private static Resolution pattern(Struct struct) {
    return new Resolution(
        strings(struct.getArray("topics")), struct.getLong("version"), struct.getLong("timestamp"));
  }

  private static TreePSet<String> strings(Object[] values) {
    TreeSet<String> strings = new TreeSet<>();
    for (Object value : values) {
      strings.add((String) value);
    }
    return TreePSet.fromSortedSet(strings);
  }

  @SuppressWarnings("unchecked")
  private static Map<Integer, Object> tagged(Struct struct) {
    return (Map<Integer, Object>) struct.get(RecordSchemas.TAGGED);
  }
}
