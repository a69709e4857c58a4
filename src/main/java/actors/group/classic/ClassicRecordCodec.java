package actors.group.classic;

import actors.group.UnreadableRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;

/** The bytes of {@link ClassicRecord}, in Kafka's format. */
final class ClassicRecordCodec {
  private static final short VERSION_WRITTEN = 3;
  private static final short VERSION_MAX = 4;

  private static final short WITH_REBALANCE_TIMEOUT = 1;
  private static final short WITH_TIMESTAMP = 2;
  private static final short WITH_INSTANCE_ID = 3;

  /** Lengths as varints, and room for fields that older readers pass over. */
  private static final short FLEXIBLE = 4;

  private static final long UNKNOWN_TIMESTAMP = -1;

  private static final Schema KEY = new Schema(new Field("group", Type.STRING));
  private static final List<Schema> MEMBER = schemas(ClassicRecordCodec::member);
  private static final List<Schema> VALUE = schemas(ClassicRecordCodec::value);

  private ClassicRecordCodec() {}

  private interface OfVersion {
    Schema schema(short version);
  }

  private static List<Schema> schemas(OfVersion layout) {
    List<Schema> schemas = new ArrayList<>();
    for (short version = 0; version <= VERSION_MAX; version++) {
      schemas.add(layout.schema(version));
    }
    return schemas;
  }

  private static Schema member(short version) {
    boolean flexible = version >= FLEXIBLE;
    Type string = flexible ? Type.COMPACT_STRING : Type.STRING;
    Type nullable = flexible ? Type.COMPACT_NULLABLE_STRING : Type.NULLABLE_STRING;
    Type bytes = flexible ? Type.COMPACT_BYTES : Type.BYTES;
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("member_id", string));
    if (version >= WITH_INSTANCE_ID) {
      fields.add(new Field("group_instance_id", nullable));
    }
    fields.add(new Field("client_id", string));
    fields.add(new Field("client_host", string));
    if (version >= WITH_REBALANCE_TIMEOUT) {
      fields.add(new Field("rebalance_timeout", Type.INT32));
    }
    fields.add(new Field("session_timeout", Type.INT32));
    fields.add(new Field("subscription", bytes));
    fields.add(new Field("assignment", bytes));
    return schema(fields, flexible);
  }

  private static Schema value(short version) {
    boolean flexible = version >= FLEXIBLE;
    Type nullable = flexible ? Type.COMPACT_NULLABLE_STRING : Type.NULLABLE_STRING;
    Schema member = MEMBER.get(version);
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("protocol_type", flexible ? Type.COMPACT_STRING : Type.STRING));
    fields.add(new Field("generation", Type.INT32));
    fields.add(new Field("protocol", nullable));
    fields.add(new Field("leader", nullable));
    if (version >= WITH_TIMESTAMP) {
      fields.add(new Field("current_state_timestamp", Type.INT64));
    }
    fields.add(new Field("members", flexible ? new CompactArrayOf(member) : new ArrayOf(member)));
    return schema(fields, flexible);
  }

  private static Schema schema(List<Field> fields, boolean flexible) {
    if (flexible) {
      fields.add(Field.TaggedFieldsSection.of());
    }
    return new Schema(fields.toArray(new Field[0]));
  }

  static byte[] writeKey(String groupId) {
    return write(ClassicRecord.KEY_VERSION, new Struct(KEY).set("group", groupId));
  }

  static byte[] writeValue(ClassicRecord.Content content) {
    List<Struct> members = new ArrayList<>();
    content.members().forEach(member -> members.add(written(member)));
    Struct value =
        new Struct(VALUE.get(VERSION_WRITTEN))
            .set("protocol_type", content.protocolType())
            .set("generation", content.generation())
            .set("protocol", content.protocol().orElse(null))
            .set("leader", content.leader().orElse(null))
            .set("current_state_timestamp", content.sinceMillis().orElse(UNKNOWN_TIMESTAMP))
            .set("members", members.toArray());
    return write(VERSION_WRITTEN, value);
  }

  private static Struct written(ClassicMember member) {
    Bytes metadata =
        member.protocols().isEmpty() ? Bytes.EMPTY : member.protocols().get(0).metadata();
    return new Struct(MEMBER.get(VERSION_WRITTEN))
        .set("member_id", member.id())
        .set("group_instance_id", member.instanceId().orElse(null))
        .set("client_id", member.clientId())
        .set("client_host", member.clientHost())
        .set("rebalance_timeout", member.rebalanceMillis())
        .set("session_timeout", member.sessionMillis())
        .set("subscription", ByteBuffer.wrap(metadata.array()))
        .set("assignment", ByteBuffer.wrap(member.assignment().array()));
  }

  private static byte[] write(short version, Struct fields) {
    ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES + fields.sizeOf());
    bytes.putShort(version);
    fields.writeTo(bytes);
    return bytes.array();
  }

  static String readKey(ByteBuffer key) {
    return read(KEY, key, "the key of a group").getString("group");
  }

  static ClassicRecord.Content readValue(String groupId, ByteBuffer value) {
    String what = "the record of group " + groupId;
    if (value.remaining() < Short.BYTES) {
      throw new UnreadableRecord(what + " ends before its version");
    }
    ByteBuffer bytes = value.duplicate();
    short version = bytes.getShort();
    if (version < 0 || version > VERSION_MAX) {
      throw new UnreadableRecord(
          what + " has version " + version + "; known are 0 to " + VERSION_MAX);
    }
    Struct fields = read(VALUE.get(version), bytes, what + " (version " + version + ")");
    Optional<String> protocol = Optional.ofNullable(fields.getString("protocol"));
    List<ClassicMember> members = new ArrayList<>();
    for (Object member : fields.getArray("members")) {
      members.add(member((Struct) member, protocol.orElse("")));
    }
    return new ClassicRecord.Content(
        fields.getString("protocol_type"),
        fields.getInt("generation"),
        protocol,
        Optional.ofNullable(fields.getString("leader")),
        since(fields),
        members);
  }

  private static OptionalLong since(Struct fields) {
    if (!fields.hasField("current_state_timestamp")) {
      return OptionalLong.empty();
    }
    long millis = fields.getLong("current_state_timestamp");
    return millis == UNKNOWN_TIMESTAMP ? OptionalLong.empty() : OptionalLong.of(millis);
  }

  private static ClassicMember member(Struct fields, String protocol) {
    int session = fields.getInt("session_timeout");
    int rebalance = fields.hasField("rebalance_timeout") ? fields.getInt("rebalance_timeout") : -1;
    return new ClassicMember(
        fields.getString("member_id"),
        fields.hasField("group_instance_id")
            ? Optional.ofNullable(fields.getString("group_instance_id"))
            : Optional.empty(),
        fields.getString("client_id"),
        fields.getString("client_host"),
        rebalance < 0 ? session : rebalance,
        session,
        List.of(new ClassicProtocol(protocol, bytes(fields, "subscription"))),
        bytes(fields, "assignment"),
        Optional.empty(),
        Optional.empty(),
        false);
  }

  /** A copy, so that what is kept does not hold the whole batch it came in. */
  private static Bytes bytes(Struct fields, String name) {
    ByteBuffer read = fields.getBytes(name).duplicate();
    byte[] copy = new byte[read.remaining()];
    read.get(copy);
    return Bytes.of(copy);
  }

  private static Struct read(Schema schema, ByteBuffer bytes, String what) {
    ByteBuffer rest = bytes.duplicate();
    Struct fields;
    try {
      fields = schema.read(rest);
    } catch (SchemaException malformed) {
      throw new UnreadableRecord(what + " cannot be read: " + malformed.getMessage(), malformed);
    }
    if (rest.hasRemaining()) {
      throw new UnreadableRecord(what + " has " + rest.remaining() + " bytes too many");
    }
    return fields;
  }
}
