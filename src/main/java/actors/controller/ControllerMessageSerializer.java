package actors.controller;

import java.io.NotSerializableException;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Gives messages between brokers and the controller their bytes, by {@link MessageCodec}. Bound in
 * {@code granary-controller.conf}. Apart from {@link ControllerSerializer}, whose bytes outlive the
 * process.
 */
public final class ControllerMessageSerializer extends SerializerWithStringManifest {
  private static final int IDENTIFIER = 740_101;

  private final MessageCodec codec;

  public ControllerMessageSerializer(ExtendedActorSystem system) {
    this.codec = new MessageCodec(ActorRefResolver.get(Adapter.toTyped(system)));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return codec.manifest(message);
  }

  @Override
  public byte[] toBinary(Object message) {
    return codec.toBytes(message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return codec.fromBytes(bytes, manifest);
  }
}
