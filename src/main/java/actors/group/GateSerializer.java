package actors.group;

import actors.LeaderEpoch;
import actors.group.GateMessage.Answered;
import actors.group.GateMessage.Ask;
import actors.group.GroupEvent.Caller;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * {@link GateMessage}s as bytes. Numbers are big-endian, texts UTF-8 after their length; the epoch
 * begins every message, and Kafka's bytes of a request or an answer end it.
 */
final class GateSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 740_104;

  private static final String ASK = "A1";

  /** With a watcher who is only told. */
  private static final String ASK_TO_BE_TOLD = "A2";

  private static final String ANSWERED = "R1";
  private static final String CHANGED = "C1";

  private final ActorRefResolver resolver;

  /** Called by Pekko. */
  GateSerializer(ExtendedActorSystem system) {
    this.resolver = ActorRefResolver.get(Adapter.toTyped(system));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    if (message instanceof Ask ask) {
      return ask.watcher().map(Watcher::isMember).orElse(true) ? ASK : ASK_TO_BE_TOLD;
    }
    return message instanceof Answered ? ANSWERED : CHANGED;
  }

  @Override
  public byte[] toBinary(Object object) {
    GateMessage message = (GateMessage) object;
    if (message instanceof Ask ask) {
      return bytes(ask);
    }
    if (message instanceof Answered answered) {
      byte[] body = body(answered.answer(), answered.apiVersion());
      return ByteBuffer.allocate(Integer.BYTES + Short.BYTES + 1 + body.length)
          .putInt(answered.epoch().value())
          .putShort(answered.apiVersion())
          .put(GateApi.of(answered.answer()).code())
          .put(body)
          .array();
    }
    byte[] groupId = utf8(((GroupChanged) message).groupId());
    ByteBuffer to = ByteBuffer.allocate(2 * Integer.BYTES + groupId.length);
    put(to.putInt(message.epoch().value()), groupId);
    return to.array();
  }

  private byte[] bytes(Ask ask) {
    byte[] body = body(ask.request(), ask.caller().apiVersion());
    byte[][] texts = {
      utf8(ask.groupId()),
      utf8(ask.caller().clientId()),
      utf8(ask.caller().clientHost()),
      utf8(resolver.toSerializationFormat(ask.replyTo())),
      utf8(ask.watcher().map(Watcher::ref).map(resolver::toSerializationFormat).orElse(""))
    };
    int size = Integer.BYTES + Short.BYTES + 1 + body.length;
    for (byte[] text : texts) {
      size += Integer.BYTES + text.length;
    }
    ByteBuffer to = ByteBuffer.allocate(size).putInt(ask.epoch().value());
    for (byte[] text : texts) {
      put(to, text);
    }
    return to.putShort(ask.caller().apiVersion())
        .put(GateApi.of(ask.request()).code())
        .put(body)
        .array();
  }

  /** How many bytes the request or answer has; what carries it adds little. */
  static int sizeOf(Message message, short version) {
    return body(message, version).length;
  }

  static byte[] body(Message message, short version) {
    ByteBuffer buffer = MessageUtil.toByteBufferAccessor(message, version).buffer();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void put(ByteBuffer to, byte[] text) {
    to.putInt(text.length).put(text);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return read(ByteBuffer.wrap(bytes), manifest);
    } catch (BufferUnderflowException | IllegalArgumentException malformed) {
      throw (NotSerializableException)
          new NotSerializableException("a malformed message of another broker: " + malformed)
              .initCause(malformed);
    }
  }

  private GateMessage read(ByteBuffer from, String manifest) {
    LeaderEpoch epoch = new LeaderEpoch(from.getInt());
    return switch (manifest) {
      case ASK -> readAsk(epoch, from, true);
      case ASK_TO_BE_TOLD -> readAsk(epoch, from, false);
      case ANSWERED -> {
        short version = from.getShort();
        yield new Answered(
            epoch,
            version,
            GateApi.ofCode(from.get()).readAnswer(new ByteBufferAccessor(from), version));
      }
      case CHANGED -> new GroupChanged(epoch, text(from));
      default -> throw new IllegalArgumentException("its manifest is " + manifest);
    };
  }

  private Ask readAsk(LeaderEpoch epoch, ByteBuffer from, boolean watchesAsMember) {
    String groupId = text(from);
    String clientId = text(from);
    String clientHost = text(from);
    ActorRef<GateMessage> replyTo = resolver.resolveActorRef(text(from));
    Optional<Watcher> watcher =
        Optional.of(text(from))
            .filter(address -> !address.isEmpty())
            .map(address -> new Watcher(resolver.resolveActorRef(address), watchesAsMember));
    short version = from.getShort();
    GateApi api = GateApi.ofCode(from.get());
    return new Ask(
        epoch,
        groupId,
        new Caller(clientId, clientHost, version),
        api.readRequest(new ByteBufferAccessor(from), version),
        watcher,
        replyTo);
  }

  private static String text(ByteBuffer from) {
    int length = from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new IllegalArgumentException("a length of " + length);
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
