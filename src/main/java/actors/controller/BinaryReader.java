package actors.controller;

import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;

/**
 * Takes values out of what {@link BinaryWriter} made; trusts no length before it has checked it.
 */
final class BinaryReader {
  private static final int SHIFT_MAX = 63;

  private final ByteBuffer buffer;

  BinaryReader(byte[] bytes) {
    this.buffer = ByteBuffer.wrap(bytes);
  }

  /** Reads one value; the inverse of a writer's method. */
  interface Read<T> {
    T from(BinaryReader reader) throws NotSerializableException;
  }

  boolean bool() throws NotSerializableException {
    byte value = octet();
    if (value != 0 && value != 1) {
      throw malformed("neither true nor false");
    }
    return value == 1;
  }

  long number() throws NotSerializableException {
    long folded = 0;
    for (int shift = 0; shift <= SHIFT_MAX; shift += 7) {
      byte next = octet();
      folded |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return (folded >>> 1) ^ -(folded & 1);
      }
    }
    throw malformed("a number of more than ten bytes");
  }

  int integer() throws NotSerializableException {
    long value = number();
    if (value != (int) value) {
      throw malformed("a number that is too large");
    }
    return (int) value;
  }

  String text() throws NotSerializableException {
    int size = count();
    ByteBuffer utf8 = buffer.slice(buffer.position(), size);
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
      buffer.position(buffer.position() + size);
      return text;
    } catch (CharacterCodingException notText) {
      throw malformed("a text that is not UTF-8");
    }
  }

  byte[] bytes() throws NotSerializableException {
    byte[] bytes = new byte[count()];
    buffer.get(bytes);
    return bytes;
  }

  Uuid uuid() throws NotSerializableException {
    if (buffer.remaining() < 2 * Long.BYTES) {
      throw malformed("the end is missing");
    }
    return new Uuid(buffer.getLong(), buffer.getLong());
  }

  <T> Optional<T> optional(Read<T> read) throws NotSerializableException {
    return bool() ? Optional.of(read.from(this)) : Optional.empty();
  }

  <T> List<T> list(Read<T> read) throws NotSerializableException {
    int count = count();
    List<T> values = new ArrayList<>(count);
    for (int index = 0; index < count; index++) {
      values.add(read.from(this));
    }
    return values;
  }

  /** Everything must have been read: more bytes are another format than the one expected. */
  <T> T end(T value) throws NotSerializableException {
    if (buffer.hasRemaining()) {
      throw malformed("bytes are left over");
    }
    return value;
  }

  /** How many elements follow; each takes a byte at least, which bounds it. */
  private int count() throws NotSerializableException {
    int count = integer();
    if (count < 0 || count > buffer.remaining()) {
      throw malformed("a length that is negative or past the end");
    }
    return count;
  }

  private byte octet() throws NotSerializableException {
    if (!buffer.hasRemaining()) {
      throw malformed("the end is missing");
    }
    return buffer.get();
  }

  private NotSerializableException malformed(String what) {
    return new NotSerializableException(
        "Malformed at byte %d of %d: %s.".formatted(buffer.position(), buffer.limit(), what));
  }
}
