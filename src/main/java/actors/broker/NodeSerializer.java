package actors.broker;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Gives what nodes say to each other its bytes; bound in {@code granary-node.conf}. */
final class NodeSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 740_200;

  private final ExtendedActorSystem system;

  /** Called by Pekko. */
  NodeSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return NodeCodec.manifest((NodeMessage) message);
  }

  @Override
  public byte[] toBinary(Object message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      NodeCodec.of(system).write((NodeMessage) message, out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return NodeCodec.of(system).read(manifest, in);
    } catch (NotSerializableException known) {
      throw known;
    } catch (IOException | RuntimeException malformed) {
      throw (NotSerializableException)
          new NotSerializableException("malformed message of another node: " + malformed)
              .initCause(malformed);
    }
  }
}
