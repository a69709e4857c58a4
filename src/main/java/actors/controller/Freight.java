package actors.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages of any size to other brokers: Artery drops what does not fit into a frame, so what
 * is large goes in parts. The receiver needs a {@link Reassembly}. Within one JVM messages go as
 * they are.
 */
final class Freight {
  private static final Logger LOG = LoggerFactory.getLogger(Freight.class);

  private final MessageCodec codec;
  private final Supplier<Uuid> ids;

  Freight(MessageCodec codec) {
    this(codec, Uuid::randomUuid);
  }

  Freight(MessageCodec codec, Supplier<Uuid> ids) {
    this.codec = codec;
    this.ids = ids;
  }

  static boolean isLocal(ActorRef<?> ref) {
    return ref.path().address().hasLocalScope();
  }

  /** To an actor that takes whole messages and parts. */
  <T> void send(ActorRef<T> to, T message) {
    if (isLocal(to)) {
      to.tell(message);
    } else {
      load(message).sendTo(to);
    }
  }

  /** A message made ready for one receiver or several. */
  Load load(Object message) {
    byte[] bytes = codec.toBytes(message);
    if (bytes.length > Limits.IMAGE_BYTES_MAX) {
      LOG.error("{} takes {} bytes, which nobody accepts", codec.manifest(message), bytes.length);
    }
    return new Load(message, bytes.length, cut(codec.manifest(message), bytes));
  }

  /** None for a message that fits into one. */
  private List<MessagePart> cut(String manifest, byte[] bytes) {
    int size = Limits.MESSAGE_PART_BYTES_MAX;
    int count = (bytes.length + size - 1) / size;
    List<MessagePart> parts = new ArrayList<>();
    Uuid transfer = ids.get();
    ByteString all = ByteString.fromArrayUnsafe(bytes);
    for (int index = 0; index < count && count > 1; index++) {
      int end = Math.min((index + 1) * size, bytes.length);
      parts.add(new MessagePart(transfer, index, count, manifest, all.slice(index * size, end)));
    }
    return parts;
  }

  /**
   * @param sizeBytes of the whole
   * @param parts empty if the message goes in one piece
   */
  record Load(Object message, int sizeBytes, List<MessagePart> parts) {
    void sendTo(ActorRef<?> to) {
      ActorRef<Object> any = to.unsafeUpcast();
      if (parts.isEmpty()) {
        any.tell(message);
      } else {
        parts.forEach(any::tell);
      }
    }
  }
}
