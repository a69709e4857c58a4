package actors.access;

import actors.access.AccessMessage.Answer;
import actors.partition.ReplicaReply;
import java.io.NotSerializableException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** Bytes of {@link Answer}s. A manifest begins with an A and ends with the version. */
final class AnswerCodec {
  private static final String APPENDED = "AA1";
  private static final String DATA = "AD1";
  private static final String OFFSET_FOUND = "AF1";
  private static final String BYTES = "AB1";
  private static final String NOT_LOADED = "AN1";
  private static final String CHECKED = "AI1";

  private AnswerCodec() {}

  static String manifest(Answer answer) {
    if (answer instanceof Answer.Appended) {
      return APPENDED;
    }
    if (answer instanceof Answer.Data) {
      return DATA;
    }
    if (answer instanceof Answer.OffsetFound) {
      return OFFSET_FOUND;
    }
    if (answer instanceof Answer.Bytes) {
      return BYTES;
    }
    return answer instanceof Answer.NotLoaded ? NOT_LOADED : CHECKED;
  }

  static int bytesIn(Answer answer) {
    if (answer instanceof Answer.Bytes bytes) {
      return bytes.bytes().remaining();
    }
    if (answer instanceof Answer.Appended appended) {
      return appended.reply().message().map(AccessSerializer::utf8).orElse(new byte[0]).length;
    }
    return answer instanceof Answer.NotLoaded not
        ? AccessSerializer.utf8(not.sentence()).length
        : 0;
  }

  static void write(Answer answer, ByteBuffer to) {
    if (answer instanceof Answer.Appended appended) {
      write(appended.reply(), to);
    } else if (answer instanceof Answer.Data data) {
      write(data.reply(), to);
      to.putInt(data.size());
    } else if (answer instanceof Answer.OffsetFound found) {
      ReplicaReply.OffsetFound reply = found.reply();
      to.putLong(reply.correlation()).putShort(reply.error().code());
      to.putLong(reply.offset()).putLong(reply.timestampMillis()).putInt(reply.leaderEpoch());
    } else if (answer instanceof Answer.Bytes bytes) {
      to.putLong(bytes.request());
      to.putInt(bytes.part().position()).putInt(bytes.part().size());
      to.put(bytes.bytes().duplicate());
    } else if (answer instanceof Answer.NotLoaded not) {
      to.putLong(not.request()).putShort(not.error().code());
      AccessSerializer.putBytes(AccessSerializer.utf8(not.sentence()), to);
    }
  }

  private static void write(ReplicaReply.Appended reply, ByteBuffer to) {
    to.putLong(reply.correlation()).putShort(reply.error().code());
    to.putLong(reply.baseOffset()).putLong(reply.logAppendTimeMillis());
    to.putLong(reply.logStartOffset());
    to.put((byte) (reply.message().isPresent() ? 1 : 0));
    reply
        .message()
        .ifPresent(message -> AccessSerializer.putBytes(AccessSerializer.utf8(message), to));
  }

  private static void write(ReplicaReply.Data reply, ByteBuffer to) {
    to.putLong(reply.correlation()).putShort(reply.error().code());
    to.putLong(reply.highWatermark()).putLong(reply.lastStableOffset());
    to.putLong(reply.logStartOffset()).put((byte) (reply.waiting() ? 1 : 0));
  }

  static Answer read(String manifest, ByteBuffer from) throws NotSerializableException {
    return switch (manifest) {
      case APPENDED -> new Answer.Appended(readAppended(from));
      case DATA -> new Answer.Data(readData(from), from.getInt());
      case OFFSET_FOUND ->
          new Answer.OffsetFound(
              new ReplicaReply.OffsetFound(
                  from.getLong(),
                  Errors.forCode(from.getShort()),
                  from.getLong(),
                  from.getLong(),
                  from.getInt()));
      case BYTES ->
          new Answer.Bytes(
              from.getLong(), AccessSerializer.readPart(from), AccessSerializer.readRest(from));
      case NOT_LOADED ->
          new Answer.NotLoaded(
              from.getLong(), Errors.forCode(from.getShort()), AccessSerializer.readText(from));
      case CHECKED -> new Answer.Checked();
      default -> throw unknown(manifest);
    };
  }

  private static ReplicaReply.Appended readAppended(ByteBuffer from) {
    return new ReplicaReply.Appended(
        from.getLong(),
        Errors.forCode(from.getShort()),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.get() == 0 ? Optional.empty() : Optional.of(AccessSerializer.readText(from)));
  }

  private static ReplicaReply.Data readData(ByteBuffer from) {
    return new ReplicaReply.Data(
        from.getLong(),
        Errors.forCode(from.getShort()),
        Optional.empty(),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.get() != 0);
  }

  static NotSerializableException unknown(String manifest) {
    return new NotSerializableException(
        "Unknown kind or version of a message about another broker's replica: "
            + manifest
            + ". Does a broker of a newer release run in the cluster?");
  }
}
