package actors.controller;

import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Gives the journal and the snapshot store their bytes: facts by {@link FactCodec}, the image by
 * {@link ImageCodec}. Bound in {@code granary-controller.conf}. What brokers say to each other is
 * for {@link ControllerMessageSerializer}.
 */
public final class ControllerSerializer extends SerializerWithStringManifest {
  /** Written with every event in every journal; never changes. */
  private static final int IDENTIFIER = 740_100;

  private static final String IMAGE_1 = "ClusterMetadata.1";
  private static final String IMAGE_2 = "ClusterMetadata.2";
  private static final String IMAGE = "ClusterMetadata.3";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    if (object instanceof MetadataFact fact) {
      return FactCodec.manifest(fact);
    }
    if (object instanceof ClusterMetadata) {
      return IMAGE;
    }
    throw new IllegalArgumentException("not of the controller: " + object.getClass());
  }

  @Override
  public byte[] toBinary(Object object) {
    BinaryWriter writer = new BinaryWriter();
    if (object instanceof MetadataFact fact) {
      FactCodec.write(writer, fact);
    } else if (object instanceof ClusterMetadata image) {
      ImageCodec.write(writer, image);
    } else {
      throw new IllegalArgumentException("not of the controller: " + object.getClass());
    }
    return writer.toBytes();
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    BinaryReader reader = new BinaryReader(bytes);
    if (manifest.equals(IMAGE)) {
      return reader.end(ImageCodec.read(reader));
    }
    if (manifest.equals(IMAGE_2)) {
      return reader.end(ImageCodec.readVersion2(reader));
    }
    if (manifest.equals(IMAGE_1)) {
      return reader.end(ImageCodecV1.read(reader));
    }
    if (FactCodec.knows(manifest)) {
      return reader.end(FactCodec.read(reader, manifest));
    }
    throw new NotSerializableException(
        "Unknown kind or version of a fact: %s. Was it written by a newer release?"
            .formatted(manifest));
  }
}
