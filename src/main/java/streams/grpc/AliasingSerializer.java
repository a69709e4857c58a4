package streams.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.pekko.grpc.ProtobufSerializer;
import org.apache.pekko.util.ByteString;
import org.apache.pekko.util.ByteStringBuilder;

/**
 * Lays messages out as their generated code does, without copies of the large fields of bytes: a
 * message that is sent lends its arrays, one that has arrived keeps the array that it came in.
 */
final class AliasingSerializer<T extends MessageLite> implements ProtobufSerializer<T> {
  /** Of what is written between large fields; of a field so much is copied, too. */
  private static final int SMALL_BYTES = 128;

  private final Parser<T> parser;

  AliasingSerializer(Parser<T> parser) {
    this.parser = parser;
  }

  /**
   * @param message whose bytes nobody changes any more
   */
  @Override
  public ByteString serialize(T message) {
    Lent lent = new Lent();
    try {
      CodedOutputStream target = CodedOutputStream.newInstance(lent, SMALL_BYTES);
      message.writeTo(target);
      target.flush();
    } catch (IOException impossible) {
      throw new UncheckedIOException("nothing is written anywhere", impossible);
    }
    return lent.bytes.result();
  }

  /**
   * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT, if it is no such message
   */
  @Override
  public T deserialize(ByteString bytes) {
    try {
      CodedInputStream source = UnsafeByteOperations.unsafeWrap(bytes.toArray()).newCodedInput();
      source.enableAliasing(true);
      T message = parser.parseFrom(source);
      source.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException malformed) {
      throw Refusals.malformed(malformed.getMessage());
    }
  }

  /** Keeps large pieces as they are. Small ones lie in a buffer that is used again. */
  private static final class Lent extends OutputStream {
    private final ByteStringBuilder bytes = new ByteStringBuilder();

    @Override
    public void write(byte[] piece, int offset, int length) {
      bytes.append(
          length > SMALL_BYTES
              ? ByteString.fromArrayUnsafe(piece, offset, length)
              : ByteString.fromArray(piece, offset, length));
    }

    @Override
    public void write(int one) {
      bytes.putByte((byte) one);
    }
  }
}
