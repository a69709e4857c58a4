package actors.group;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/**
 * What {@link Groups#askCoordinator} takes and answers, in Kafka's own bytes, for those who carry
 * it from process to process.
 */
public final class GroupWire {
  private GroupWire() {}

  /** The number of the request's kind: 1 a heartbeat, 2 a commit, 3 a fetch of offsets. */
  public static int kindOf(Message request) {
    return GateApi.of(request).code();
  }

  /** A request or an answer without anything around it. */
  public static byte[] bytes(Message message, short version) {
    return GateSerializer.body(message, version);
  }

  /**
   * @throws IllegalArgumentException for a kind, a version or bytes that are none; its message is a
   *     sentence
   */
  public static Message request(int kind, int version, ByteBuffer bytes) {
    GateApi api = GateApi.ofCode(kind == (byte) kind ? (byte) kind : 0);
    if (!api.takes(version)) {
      throw new IllegalArgumentException("no version of a " + api + ": " + version);
    }
    return read(bytes, from -> api.readRequest(from, (short) version));
  }

  /**
   * @param request what is answered
   * @throws IllegalArgumentException for bytes that are no answer to it
   */
  public static Message answer(Message request, short version, ByteBuffer bytes) {
    return read(bytes, from -> GateApi.of(request).readAnswer(from, version));
  }

  private interface Reader {
    Message read(ByteBufferAccessor from);
  }

  private static Message read(ByteBuffer bytes, Reader reader) {
    Message message;
    try {
      message = reader.read(new ByteBufferAccessor(bytes));
    } catch (RuntimeException unreadable) {
      // The generated readers throw what they like, and all of it means the same.
      throw new IllegalArgumentException(
          "bytes that cannot be read: " + unreadable.getMessage(), unreadable);
    }
    if (bytes.hasRemaining()) {
      throw new IllegalArgumentException(bytes.remaining() + " bytes more than there should be");
    }
    return message;
  }

  /**
   * @param request one of those that {@link #request} reads
   */
  public static String groupOf(Message request) {
    if (request instanceof ConsumerGroupHeartbeatRequestData beat) {
      return beat.groupId();
    }
    return request instanceof OffsetCommitRequestData commit
        ? commit.groupId()
        : ((OffsetFetchRequestGroup) request).groupId();
  }

  /** The answer that says no, as a coordinator gives it. */
  public static Message refused(Message request, Errors error, String sentence) {
    return Refusals.of(request, error, sentence);
  }
}
