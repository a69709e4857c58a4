package storage.journal;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** Strings and byte strings with a length before them; the length is checked before allocation. */
final class Wire {
  private Wire() {}

  static void writeName(DataOutput out, String name) throws IOException {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > JournalLimits.NAME_BYTES_MAX) {
      throw new JournalException.TooLarge(
          "persistence id or writer", utf8.length, JournalLimits.NAME_BYTES_MAX);
    }
    out.writeShort(utf8.length);
    out.write(utf8);
  }

  static String readName(DataInput in) throws IOException {
    int size = in.readUnsignedShort();
    checkSize(size, JournalLimits.NAME_BYTES_MAX);
    byte[] utf8 = new byte[size];
    in.readFully(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  static void writeBytes(DataOutput out, ByteString bytes) throws IOException {
    out.writeInt(bytes.size());
    // protobuf's output wants a stream; one copy of a metadata event is of no weight
    out.write(bytes.toByteArray());
  }

  static ByteString readBytes(DataInput in) throws IOException {
    int size = in.readInt();
    checkSize(size, JournalLimits.COMMAND_BYTES_MAX);
    byte[] bytes = new byte[size];
    in.readFully(bytes);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  static int readCount(DataInput in, int countMax) throws IOException {
    int count = in.readInt();
    checkSize(count, countMax);
    return count;
  }

  private static void checkSize(int size, int sizeMax) throws IOException {
    if (size < 0 || size > sizeMax) {
      throw new IOException("length " + size + " is outside 0.." + sizeMax);
    }
  }
}
