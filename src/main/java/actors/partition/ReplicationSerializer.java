package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.io.NotSerializableException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * What replicas say to each other, as bytes: straight into and out of the transport's buffers.
 * Numbers are big-endian; epoch, broker, session and the sender's address begin every message, the
 * bytes of batches follow the rest, and a CRC-32C of all that ends it.
 */
public final class ReplicationSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  private static final int IDENTIFIER = 740_102;

  private static final String FETCH = "F2";
  private static final String ACCEPTED = "A1";
  private static final String DIVERGED = "D1";
  private static final String BEGIN_AT = "B1";
  private static final String CLOSED = "C1";
  private static final String PUSH = "P1";
  private static final String PROGRESS = "R2";

  /** Of the numbers of any message, with room to spare. */
  private static final int NUMBERS_BYTES_MAX = 128;

  private final ActorRefResolver resolver;

  public ReplicationSerializer(ExtendedActorSystem system) {
    this.resolver = ActorRefResolver.get(Adapter.toTyped(system));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    ReplicationMessage message = ((Replica.FromPeer) object).message();
    if (message instanceof ReplicationMessage.Push) {
      return PUSH;
    }
    if (message instanceof ReplicationMessage.Progress) {
      return PROGRESS;
    }
    if (message instanceof ReplicationMessage.Fetch) {
      return FETCH;
    }
    if (message instanceof ReplicationMessage.Accepted) {
      return ACCEPTED;
    }
    if (message instanceof ReplicationMessage.Closed) {
      return CLOSED;
    }
    return message instanceof ReplicationMessage.Diverged ? DIVERGED : BEGIN_AT;
  }

  @Override
  public byte[] toBinary(Object object) {
    Replica.FromPeer fromPeer = (Replica.FromPeer) object;
    byte[] sender = addressOf(fromPeer.sender());
    int batches =
        fromPeer.message() instanceof ReplicationMessage.Push push ? push.bytes().remaining() : 0;
    ByteBuffer buffer = ByteBuffer.allocate(NUMBERS_BYTES_MAX + sender.length + batches);
    write(fromPeer.message(), sender, buffer);
    byte[] bytes = new byte[buffer.flip().remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Override
  public void toBinary(Object object, ByteBuffer buffer) {
    Replica.FromPeer fromPeer = (Replica.FromPeer) object;
    ByteOrder order = buffer.order();
    write(fromPeer.message(), addressOf(fromPeer.sender()), buffer.order(ByteOrder.BIG_ENDIAN));
    buffer.order(order);
  }

  private byte[] addressOf(ActorRef<Replica.Command> sender) {
    return resolver.toSerializationFormat(sender).getBytes(StandardCharsets.UTF_8);
  }

  private static void write(ReplicationMessage message, byte[] sender, ByteBuffer to) {
    int start = to.position();
    writeFields(message, sender, to);
    to.putInt(checksum(to, start, to.position()));
  }

  /** Offsets and epochs, of the message and of the batches in it, are under no other checksum. */
  private static int checksum(ByteBuffer of, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(of.duplicate().limit(to).position(from));
    return (int) crc.getValue();
  }

  private static void writeFields(ReplicationMessage message, byte[] sender, ByteBuffer to) {
    to.putInt(message.epoch().value()).putInt(message.from()).putLong(message.session());
    to.putShort((short) sender.length).put(sender);
    if (message instanceof ReplicationMessage.Push push) {
      to.putLong(push.fromOffset()).putLong(push.endOffset());
      to.putInt(push.part().position()).putInt(push.part().size());
      write(push.marks(), to);
      to.put(push.bytes().duplicate());
    } else if (message instanceof ReplicationMessage.Progress progress) {
      to.putLong(progress.brokerEpoch().value());
      to.putLong(progress.startOffset());
      to.putLong(progress.endOffset()).putLong(progress.heldOffset());
      to.putLong(progress.highWatermark()).putInt(progress.windowBytes());
    } else if (message instanceof ReplicationMessage.Fetch fetch) {
      to.putLong(fetch.brokerEpoch().value());
      to.putInt(fetch.lastEpoch()).putLong(fetch.startOffset());
      to.putLong(fetch.endOffset()).putInt(fetch.windowBytes());
    } else if (message instanceof ReplicationMessage.Accepted accepted) {
      write(accepted.marks(), to);
    } else if (message instanceof ReplicationMessage.Diverged diverged) {
      to.putInt(diverged.lastEpoch()).putLong(diverged.endOffset());
    } else if (message instanceof ReplicationMessage.BeginAt begin) {
      to.putLong(begin.offset());
    }
  }

  private static void write(ReplicationMessage.Marks marks, ByteBuffer to) {
    to.putLong(marks.highWatermark()).putLong(marks.logStartOffset());
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return fromBinary(ByteBuffer.wrap(bytes), manifest);
  }

  @Override
  public Object fromBinary(ByteBuffer from, String manifest) throws NotSerializableException {
    // The transport's buffers are little-endian, those of a message within another are not.
    ByteOrder order = from.order();
    int end = from.limit();
    try {
      from.order(ByteOrder.BIG_ENDIAN).limit(checked(from, manifest));
      return read(from, manifest);
    } catch (BufferUnderflowException | IllegalArgumentException notWhole) {
      throw (NotSerializableException) damaged(manifest).initCause(notWhole);
    } finally {
      from.limit(end).position(end).order(order);
    }
  }

  /**
   * @return where the fields end
   */
  private static int checked(ByteBuffer from, String manifest) throws NotSerializableException {
    int end = from.limit() - Integer.BYTES;
    if (end < from.position() || from.getInt(end) != checksum(from, from.position(), end)) {
      throw damaged(manifest);
    }
    return end;
  }

  private static NotSerializableException damaged(String manifest) {
    return new NotSerializableException(
        "A replication message of kind " + manifest + " is damaged; it is not heard.");
  }

  private Object read(ByteBuffer from, String manifest) throws NotSerializableException {
    LeaderEpoch epoch = new LeaderEpoch(from.getInt());
    int broker = from.getInt();
    long session = from.getLong();
    byte[] sender = new byte[Short.toUnsignedInt(from.getShort())];
    from.get(sender);
    ReplicationMessage message =
        switch (manifest) {
          case PUSH -> readPush(epoch, broker, session, from);
          case PROGRESS ->
              new ReplicationMessage.Progress(
                  epoch,
                  broker,
                  session,
                  new BrokerEpoch(from.getLong()),
                  from.getLong(),
                  from.getLong(),
                  from.getLong(),
                  from.getLong(),
                  from.getInt());
          case FETCH ->
              new ReplicationMessage.Fetch(
                  epoch,
                  broker,
                  session,
                  new BrokerEpoch(from.getLong()),
                  from.getInt(),
                  from.getLong(),
                  from.getLong(),
                  from.getInt());
          case CLOSED -> new ReplicationMessage.Closed(epoch, broker, session);
          case ACCEPTED -> new ReplicationMessage.Accepted(epoch, broker, session, readMarks(from));
          case DIVERGED ->
              new ReplicationMessage.Diverged(
                  epoch, broker, session, from.getInt(), from.getLong());
          case BEGIN_AT -> new ReplicationMessage.BeginAt(epoch, broker, session, from.getLong());
          default ->
              throw new NotSerializableException(
                  "Unknown kind or version of a replication message: "
                      + manifest
                      + ". Does a broker of a newer release run in the cluster?");
        };
    return new Replica.FromPeer(
        message, resolver.resolveActorRef(new String(sender, StandardCharsets.UTF_8)));
  }

  private static ReplicationMessage readPush(
      LeaderEpoch epoch, int broker, long session, ByteBuffer from) {
    long fromOffset = from.getLong();
    long endOffset = from.getLong();
    ReplicationMessage.Part part = new ReplicationMessage.Part(from.getInt(), from.getInt());
    ReplicationMessage.Marks marks = readMarks(from);
    // The buffer is the transport's and is used again.
    ByteBuffer bytes = ByteBuffer.allocate(from.remaining()).put(from).flip();
    return new ReplicationMessage.Push(
        epoch, broker, session, fromOffset, endOffset, part, marks, bytes);
  }

  private static ReplicationMessage.Marks readMarks(ByteBuffer from) {
    return new ReplicationMessage.Marks(from.getLong(), from.getLong());
  }
}
