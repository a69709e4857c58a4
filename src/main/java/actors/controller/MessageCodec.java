package actors.controller;

import java.io.NotSerializableException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.pekko.actor.typed.ActorRefResolver;

/**
 * The bytes of what brokers and the controller say to each other. Each kind has a manifest that
 * names it and its version, as facts have; what it holds of the image is in the newest version of
 * {@link ImageCodec}, so a change there gives the kinds that hold it a new version as well.
 */
final class MessageCodec {
  private final Map<Class<?>, Kind> byClass = new HashMap<>();
  private final Map<String, Kind> byManifest = new HashMap<>();

  /**
   * @param refs writes and reads the addresses of actors
   */
  MessageCodec(ActorRefResolver refs) {
    new CommandKinds(refs).addTo(this);
    new DamageKinds(refs).addTo(this);
    new BrokerConfigKinds(refs).addTo(this);
    AnswerKinds.addTo(this);
    new ImageKinds(refs).addTo(this);
  }

  private record Kind(
      String manifest, BiConsumer<BinaryWriter, Object> write, BinaryReader.Read<?> read) {}

  /** Called by those who know the kinds, once for each. */
  <T> void add(
      Class<T> type, BiConsumer<BinaryWriter, T> write, BinaryReader.Read<? extends T> read) {
    add(type, 1, write, read);
  }

  /** One whose bytes have changed since it was first released. */
  <T> void add(
      Class<T> type,
      int version,
      BiConsumer<BinaryWriter, T> write,
      BinaryReader.Read<? extends T> read) {
    Kind kind =
        new Kind(
            type.getSimpleName() + "." + version,
            (writer, message) -> write.accept(writer, type.cast(message)),
            read);
    byClass.put(type, kind);
    byManifest.put(kind.manifest(), kind);
  }

  boolean knows(Class<?> type) {
    return byClass.containsKey(type);
  }

  String manifest(Object message) {
    return kind(message).manifest();
  }

  byte[] toBytes(Object message) {
    BinaryWriter writer = new BinaryWriter();
    kind(message).write().accept(writer, message);
    return writer.toBytes();
  }

  Object fromBytes(byte[] bytes, String manifest) throws NotSerializableException {
    Kind kind = byManifest.get(manifest);
    if (kind == null) {
      throw new NotSerializableException(
          "Unknown kind or version of a message: %s. Is the sender of another release?"
              .formatted(manifest));
    }
    BinaryReader reader = new BinaryReader(bytes);
    Object message = kind.read().from(reader);
    return reader.end(message);
  }

  private Kind kind(Object message) {
    Kind kind = byClass.get(message.getClass());
    if (kind == null) {
      throw new IllegalArgumentException("stays within its broker: " + message.getClass());
    }
    return kind;
  }
}
