package actors.controller;

import java.io.NotSerializableException;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;

/** The bytes of what is said about the image: who wants to follow it, and how it goes on. */
final class ImageKinds {
  private final ActorRefResolver refs;

  ImageKinds(ActorRefResolver refs) {
    this.refs = refs;
  }

  void addTo(MessageCodec codec) {
    codec.add(
        Controller.Subscribe.class,
        (writer, command) -> writer.text(refs.toSerializationFormat(command.subscriber())),
        reader -> new Controller.Subscribe(ref(reader)));
    codec.add(
        Controller.Follow.class,
        (writer, command) ->
            writer.number(command.version()).text(refs.toSerializationFormat(command.follower())),
        reader -> new Controller.Follow(reader.number(), ref(reader)));
    codec.add(
        Controller.ImageChanged.class,
        2,
        (writer, changed) -> ImageCodec.write(writer, changed.image()),
        reader -> new Controller.ImageChanged(ImageCodec.read(reader)));
    codec.add(
        Controller.ImageUpdate.class,
        (writer, update) ->
            writer.number(update.fromVersion()).list(update.facts(), ImageKinds::writeFact),
        reader -> new Controller.ImageUpdate(reader.number(), reader.list(ImageKinds::readFact)));
  }

  private static void writeFact(BinaryWriter writer, MetadataFact fact) {
    FactCodec.write(writer.text(FactCodec.manifest(fact)), fact);
  }

  private static MetadataFact readFact(BinaryReader reader) throws NotSerializableException {
    String manifest = reader.text();
    if (!FactCodec.knows(manifest)) {
      throw new NotSerializableException(
          "Unknown kind or version of a fact: %s. Is the sender of another release?"
              .formatted(manifest));
    }
    return FactCodec.read(reader, manifest);
  }

  private <T> ActorRef<T> ref(BinaryReader reader) throws NotSerializableException {
    return refs.resolveActorRef(reader.text());
  }
}
