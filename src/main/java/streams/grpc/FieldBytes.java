package streams.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Takes the bytes of a field out of a message that has arrived, where that can be without a copy.
 */
final class FieldBytes extends ByteOutput {
  private final int size;
  private ByteBuffer taken;

  private FieldBytes(int size) {
    this.size = size;
  }

  /**
   * @param field of a message that nobody looks at any more: parsing made its bytes
   * @return the same bytes, from position zero to the limit, for the caller to change
   */
  static ByteBuffer taken(ByteString field) {
    FieldBytes bytes = new FieldBytes(field.size());
    try {
      UnsafeByteOperations.unsafeWriteTo(field, bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException("nothing is written anywhere", impossible);
    }
    return bytes.taken == null ? ByteBuffer.allocate(0) : bytes.taken.rewind();
  }

  /** Bytes that lie together in one array are taken as they are. */
  @Override
  public void writeLazy(byte[] value, int offset, int length) {
    if (taken == null && length == size) {
      taken = ByteBuffer.wrap(value, offset, length).slice();
      taken.position(size);
    } else {
      write(value, offset, length);
    }
  }

  @Override
  public void write(byte[] value, int offset, int length) {
    copy().put(value, offset, length);
  }

  @Override
  public void write(byte value) {
    copy().put(value);
  }

  @Override
  public void write(ByteBuffer value) {
    copy().put(value.duplicate());
  }

  @Override
  public void writeLazy(ByteBuffer value) {
    write(value);
  }

  private ByteBuffer copy() {
    if (taken == null) {
      taken = ByteBuffer.allocate(size);
    }
    return taken;
  }
}
