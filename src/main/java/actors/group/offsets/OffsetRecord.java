package actors.group.offsets;

import actors.group.GroupRecord;
import actors.group.UnreadableRecord;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;

/**
 * A committed offset in the log: Kafka's OffsetCommitKey 0 and 1, OffsetCommitValue 0 to 4.
 *
 * @param committed empty: it is forgotten
 */
public record OffsetRecord(
    String groupId, TopicPartition partition, Optional<CommittedOffset> committed)
    implements GroupRecord {
  private static final short KEY_VERSION = 1;

  private static final short PLAIN = 3;
  private static final short WITH_EXPIRY = 1;
  private static final short FLEXIBLE = 4;

  private static final Schema KEY =
      new Schema(
          new Field("group", Type.STRING),
          new Field("topic", Type.STRING),
          new Field("partition", Type.INT32));

  private static final Field OFFSET = new Field("offset", Type.INT64);
  private static final Field EPOCH = new Field("leader_epoch", Type.INT32);
  private static final Field METADATA = new Field("metadata", Type.STRING);
  private static final Field COMMITTED = new Field("commit_timestamp", Type.INT64);
  private static final Field EXPIRES = new Field("expire_timestamp", Type.INT64);

  /** By version. */
  private static final Schema[] VALUES = {
    new Schema(OFFSET, METADATA, COMMITTED),
    new Schema(OFFSET, METADATA, COMMITTED, EXPIRES),
    new Schema(OFFSET, METADATA, COMMITTED),
    new Schema(OFFSET, EPOCH, METADATA, COMMITTED),
    new Schema(
        OFFSET,
        EPOCH,
        new Field("metadata", Type.COMPACT_STRING),
        COMMITTED,
        Field.TaggedFieldsSection.of())
  };

  /** Whether a record whose key has this version is one of these. */
  public static boolean isKey(short version) {
    return version == 0 || version == KEY_VERSION;
  }

  /**
   * @param key behind its version
   * @param value with its version; empty for a tombstone
   * @throws UnreadableRecord if they are not what Kafka writes
   */
  public static OffsetRecord read(ByteBuffer key, Optional<ByteBuffer> value) {
    try {
      Struct fields = KEY.read(key);
      return new OffsetRecord(
          fields.getString("group"),
          new TopicPartition(fields.getString("topic"), fields.getInt("partition")),
          value.map(OffsetRecord::readValue));
    } catch (SchemaException malformed) {
      throw new UnreadableRecord(
          "a committed offset cannot be read: " + malformed.getMessage(), malformed);
    }
  }

  private static CommittedOffset readValue(ByteBuffer value) {
    short version = value.getShort();
    if (version < 0 || version > FLEXIBLE) {
      throw new SchemaException("version " + version + " is not known");
    }
    Struct fields = VALUES[version].read(value);
    long expires = version == WITH_EXPIRY ? fields.getLong(EXPIRES.name) : -1;
    return new CommittedOffset(
        fields.getLong(OFFSET.name),
        version >= PLAIN ? fields.getInt(EPOCH.name) : -1,
        fields.getString(METADATA.name),
        fields.getLong(COMMITTED.name),
        expires < 0 ? OptionalLong.empty() : OptionalLong.of(expires));
  }

  @Override
  public byte[] key() {
    Struct fields =
        new Struct(KEY)
            .set("group", groupId)
            .set("topic", partition.topic())
            .set("partition", partition.partition());
    return bytes(KEY_VERSION, KEY, fields);
  }

  @Override
  public Optional<byte[]> value() {
    return committed.map(OffsetRecord::write);
  }

  /** Where a client has said when it expires, in the only version that holds that. */
  private static byte[] write(CommittedOffset committed) {
    short version = committed.expireMillis().isPresent() ? WITH_EXPIRY : PLAIN;
    Schema schema = VALUES[version];
    Struct fields =
        new Struct(schema)
            .set(OFFSET.name, committed.offset())
            .set(METADATA.name, committed.metadata())
            .set(COMMITTED.name, committed.commitMillis());
    if (version == PLAIN) {
      fields.set(EPOCH.name, committed.leaderEpoch());
    } else {
      fields.set(EXPIRES.name, committed.expireMillis().getAsLong());
    }
    return bytes(version, schema, fields);
  }

  private static byte[] bytes(short version, Schema schema, Struct fields) {
    ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES + schema.sizeOf(fields));
    bytes.putShort(version);
    schema.write(bytes, fields);
    return bytes.array();
  }
}
