package actors.access;

import actors.LeaderEpoch;
import actors.access.AccessMessage.Asked;
import actors.access.AccessMessage.Open;
import actors.access.AccessMessage.Opened;
import actors.access.AccessMessage.Refused;
import actors.access.AccessMessage.Told;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * {@link AccessMessage}s as bytes: straight into and out of the transport's buffers. Numbers are
 * big-endian; the epoch begins every message, the number follows, and the bytes of batches end it.
 */
public final class AccessSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 740_103;

  private static final String OPEN = "O1";
  private static final String OPENED = "V1";
  private static final String REFUSED = "N1";

  /** Of the numbers of any message, with room to spare. */
  private static final int NUMBERS_BYTES_MAX = 128;

  private final ActorRefResolver resolver;

  /** Called by Pekko. */
  public AccessSerializer(ExtendedActorSystem system) {
    this.resolver = ActorRefResolver.get(Adapter.toTyped(system));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    if (object instanceof Asked asked) {
      return QuestionCodec.manifest(asked.question());
    }
    if (object instanceof Told told) {
      return AnswerCodec.manifest(told.answer());
    }
    if (object instanceof Open) {
      return OPEN;
    }
    return object instanceof Opened ? OPENED : REFUSED;
  }

  @Override
  public byte[] toBinary(Object object) {
    ByteBuffer buffer = ByteBuffer.allocate(sizeMax((AccessMessage) object));
    write((AccessMessage) object, buffer);
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private int sizeMax(AccessMessage message) {
    if (message instanceof Asked asked) {
      return NUMBERS_BYTES_MAX + QuestionCodec.bytesIn(asked.question());
    }
    if (message instanceof Told told) {
      return NUMBERS_BYTES_MAX + AnswerCodec.bytesIn(told.answer());
    }
    if (message instanceof Open open) {
      return NUMBERS_BYTES_MAX + addressOf(open.guest()).length;
    }
    return message instanceof Opened opened
        ? NUMBERS_BYTES_MAX + addressOf(opened.visit()).length
        : NUMBERS_BYTES_MAX + utf8(((Refused) message).sentence()).length;
  }

  @Override
  public void toBinary(Object object, ByteBuffer buffer) {
    ByteOrder order = buffer.order();
    write((AccessMessage) object, buffer.order(ByteOrder.BIG_ENDIAN));
    buffer.order(order);
  }

  private void write(AccessMessage message, ByteBuffer to) {
    to.putInt(message.epoch().value());
    if (message instanceof Asked asked) {
      QuestionCodec.write(asked.question(), to.putLong(asked.number()));
    } else if (message instanceof Told told) {
      AnswerCodec.write(told.answer(), to.putLong(told.number()));
    } else if (message instanceof Open open) {
      to.putLong(open.topicId().getMostSignificantBits());
      to.putLong(open.topicId().getLeastSignificantBits());
      to.putInt(open.partition());
      putBytes(addressOf(open.guest()), to);
    } else if (message instanceof Opened opened) {
      putBytes(addressOf(opened.visit()), to);
    } else {
      Refused refused = (Refused) message;
      to.putShort(refused.error().code());
      putBytes(utf8(refused.sentence()), to);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return fromBinary(ByteBuffer.wrap(bytes), manifest);
  }

  @Override
  public Object fromBinary(ByteBuffer from, String manifest) throws NotSerializableException {
    // The transport's buffers are little-endian, those of a message within another are not.
    ByteOrder order = from.order();
    try {
      return read(from.order(ByteOrder.BIG_ENDIAN), manifest);
    } catch (BufferUnderflowException | IllegalArgumentException malformed) {
      throw (NotSerializableException)
          new NotSerializableException("a malformed message of another broker: " + malformed)
              .initCause(malformed);
    } finally {
      from.order(order);
    }
  }

  private AccessMessage read(ByteBuffer from, String manifest) throws NotSerializableException {
    LeaderEpoch epoch = new LeaderEpoch(from.getInt());
    return switch (manifest) {
      case OPEN ->
          new Open(
              epoch,
              new Uuid(from.getLong(), from.getLong()),
              from.getInt(),
              resolver.resolveActorRef(readText(from)));
      case OPENED -> new Opened(epoch, resolver.resolveActorRef(readText(from)));
      case REFUSED -> new Refused(epoch, Errors.forCode(from.getShort()), readText(from));
      default ->
          QuestionCodec.isManifest(manifest)
              ? new Asked(epoch, from.getLong(), QuestionCodec.read(manifest, from))
              : new Told(epoch, from.getLong(), AnswerCodec.read(manifest, from));
    };
  }

  private byte[] addressOf(ActorRef<AccessMessage> actor) {
    return utf8(resolver.toSerializationFormat(actor));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void putBytes(byte[] bytes, ByteBuffer to) {
    to.putInt(bytes.length).put(bytes);
  }

  static String readText(ByteBuffer from) {
    byte[] bytes = new byte[checkedLength(from.getInt(), from)];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** The rest, in a buffer of its own: the transport's is used again. */
  static ByteBuffer readRest(ByteBuffer from) {
    return ByteBuffer.allocate(from.remaining()).put(from).flip();
  }

  static AccessMessage.Part readPart(ByteBuffer from) {
    AccessMessage.Part part = new AccessMessage.Part(from.getInt(), from.getInt());
    if (part.position() < 0 || part.size() < part.position()) {
      throw new IllegalArgumentException("a part at " + part.position() + " of " + part.size());
    }
    return part;
  }

  private static int checkedLength(int length, ByteBuffer from) {
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("a length of " + length);
    }
    return length;
  }
}
