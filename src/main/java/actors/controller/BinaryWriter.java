package actors.controller;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.util.ByteString;

/**
 * Puts values into bytes that grow as needed. Whole numbers take seven bits a byte, the lowest
 * first, negative ones folded between the positive (zigzag); a string is its length in bytes and
 * UTF-8; a list its count and its elements; an optional a byte that is 0 or 1 and the value.
 */
final class BinaryWriter {
  private byte[] bytes = new byte[256];
  private int size;

  byte[] toBytes() {
    return Arrays.copyOf(bytes, size);
  }

  BinaryWriter bool(boolean value) {
    return octet(value ? 1 : 0);
  }

  BinaryWriter number(long value) {
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      octet((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    return octet((int) rest);
  }

  BinaryWriter text(String value) {
    return bytes(ByteString.fromArrayUnsafe(value.getBytes(StandardCharsets.UTF_8)));
  }

  BinaryWriter bytes(ByteString value) {
    number(value.size());
    reserve(value.size());
    value.copyToArray(bytes, size, value.size());
    size += value.size();
    return this;
  }

  BinaryWriter uuid(Uuid value) {
    return fixed(value.getMostSignificantBits()).fixed(value.getLeastSignificantBits());
  }

  <T> BinaryWriter optional(Optional<T> value, BiConsumer<BinaryWriter, T> write) {
    bool(value.isPresent());
    value.ifPresent(present -> write.accept(this, present));
    return this;
  }

  <T> BinaryWriter list(List<T> values, BiConsumer<BinaryWriter, T> write) {
    number(values.size());
    values.forEach(value -> write.accept(this, value));
    return this;
  }

  private BinaryWriter fixed(long value) {
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      octet((int) (value >>> shift));
    }
    return this;
  }

  private BinaryWriter octet(int value) {
    reserve(1);
    bytes[size++] = (byte) value;
    return this;
  }

  private void reserve(int count) {
    if (bytes.length - size < count) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, count), bytes.length * 2));
    }
  }
}
