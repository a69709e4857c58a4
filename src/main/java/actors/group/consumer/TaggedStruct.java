package actors.group.consumer;

import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;

/**
 * A structure in a tagged field that may be null. Kafka's messages mark null there with a zero;
 * {@code NullableSchema} writes the -1 of untagged fields, which they could not read.
 */
final class TaggedStruct extends Type {
  private static final byte NULL = 0;
  private static final byte PRESENT = 1;

  private final Schema schema;

  TaggedStruct(Schema schema) {
    this.schema = schema;
  }

  @Override
  public boolean isNullable() {
    return true;
  }

  @Override
  public void write(ByteBuffer buffer, Object value) {
    buffer.put(value == null ? NULL : PRESENT);
    if (value != null) {
      schema.write(buffer, value);
    }
  }

  @Override
  public Object read(ByteBuffer buffer) {
    return buffer.get() == PRESENT ? schema.read(buffer) : null;
  }

  @Override
  public Struct validate(Object value) {
    return value == null ? null : schema.validate(value);
  }

  @Override
  public int sizeOf(Object value) {
    return Byte.BYTES + (value == null ? 0 : schema.sizeOf(value));
  }
}
