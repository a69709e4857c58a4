package storage.journal;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.Tagged;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/**
 * Events and snapshots of actors as bytes: what Pekko's serialization makes of the payload, with
 * its serializer's id and manifest, and what {@link PersistentRepr} adds.
 */
final class PayloadCodec {
  private static final byte VERSION = 1;
  private static final int JAVA_SERIALIZER_ID = 1;

  private final Serialization serialization;

  PayloadCodec(Serialization serialization) {
    this.serialization = serialization;
  }

  ByteString encodeEvent(PersistentRepr event) {
    return write(
        out -> {
          out.writeLong(event.timestamp());
          Wire.writeName(out, event.writerUuid());
          Wire.writeName(out, event.manifest());
          writePayload(out, withoutTags(event.payload()));
          out.writeBoolean(event.metadata().isDefined());
          if (event.metadata().isDefined()) {
            writePayload(out, event.metadata().get());
          }
        });
  }

  PersistentRepr decodeEvent(String persistenceId, StoredEvent stored) throws IOException {
    DataInputStream in = open(stored.bytes());
    long timestampMillis = in.readLong();
    String writer = Wire.readName(in);
    String manifest = Wire.readName(in);
    Object payload = readPayload(in);
    Optional<Object> metadata = in.readBoolean() ? Optional.of(readPayload(in)) : Optional.empty();
    PersistentRepr event =
        PersistentRepr.apply(
                payload, stored.sequenceNr(), persistenceId, manifest, false, null, writer)
            .withTimestamp(timestampMillis);
    return metadata.map(event::withMetadata).orElse(event);
  }

  ByteString encodeSnapshot(Object snapshot, Optional<Object> metadata) {
    return write(
        out -> {
          writePayload(out, snapshot);
          out.writeBoolean(metadata.isPresent());
          if (metadata.isPresent()) {
            writePayload(out, metadata.get());
          }
        });
  }

  /** A snapshot, and the metadata saved with it. */
  record DecodedSnapshot(Object snapshot, Optional<Object> metadata) {}

  DecodedSnapshot decodeSnapshot(ByteString bytes) throws IOException {
    DataInputStream in = open(bytes);
    Object snapshot = readPayload(in);
    return new DecodedSnapshot(
        snapshot, in.readBoolean() ? Optional.of(readPayload(in)) : Optional.empty());
  }

  private interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static ByteString write(Body body) {
    ByteString.Output bytes = ByteString.newOutput();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      body.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot happen in memory", e);
    }
    return bytes.toByteString();
  }

  private static DataInputStream open(ByteString bytes) throws IOException {
    DataInputStream in = new DataInputStream(bytes.newInput());
    byte version = in.readByte();
    if (version != VERSION) {
      throw new IOException("stored payload of version " + version + ", expected " + VERSION);
    }
    return in;
  }

  /** Tags serve queries by tag, which this journal does not have. */
  private static Object withoutTags(Object payload) {
    return payload instanceof Tagged tagged ? tagged.payload() : payload;
  }

  private void writePayload(DataOutputStream out, Object payload) throws IOException {
    Serializer serializer = serialization.findSerializerFor(payload);
    if (serializer.identifier() == JAVA_SERIALIZER_ID) {
      throw new IllegalArgumentException(
          payload.getClass().getName()
              + " would be written with Java serialization; bind a serializer for it");
    }
    out.writeInt(serializer.identifier());
    Wire.writeName(out, Serializers.manifestFor(serializer, payload));
    byte[] bytes = serialization.serialize(payload).get();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private Object readPayload(DataInputStream in) throws IOException {
    int serializerId = in.readInt();
    String manifest = Wire.readName(in);
    byte[] bytes = Wire.readBytes(in).toByteArray();
    return serialization.deserialize(bytes, serializerId, manifest).get();
  }
}
