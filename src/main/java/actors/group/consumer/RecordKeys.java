package actors.group.consumer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;

/** Writes keys of records: two bytes that tell the kind, then the fields. */
final class RecordKeys {
  private RecordKeys() {}

  static byte[] ofGroup(short kind, String groupId) {
    return bytes(kind, RecordSchemas.GROUP_KEY, struct(RecordSchemas.GROUP_KEY, groupId));
  }

  /**
   * @param second the member's id, or the pattern
   */
  static byte[] ofMember(short kind, String groupId, String second) {
    Schema schema =
        kind == ConsumerGroupRecord.RegularExpression.KEY_VERSION
            ? RecordSchemas.PATTERN_KEY
            : RecordSchemas.MEMBER_KEY;
    return bytes(kind, schema, struct(schema, groupId, second));
  }

  static byte[] bytes(short version, Schema schema, Struct struct) {
    ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + schema.sizeOf(struct));
    buffer.putShort(version);
    schema.write(buffer, struct);
    return buffer.array();
  }

  private static Struct struct(Schema schema, String... fields) {
    Struct struct = new Struct(schema);
    for (int i = 0; i < fields.length; i++) {
      struct.set(schema.get(i), fields[i]);
    }
    return struct;
  }
}
