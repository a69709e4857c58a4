package actors.group;

import java.util.Arrays;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.Readable;

/** The requests that pass a {@link GroupGate}, in Kafka's own bytes. */
enum GateApi {
  HEARTBEAT(1, ConsumerGroupHeartbeatRequestData.class, ConsumerGroupHeartbeatResponseData.class),
  COMMIT(2, OffsetCommitRequestData.class, OffsetCommitResponseData.class),
  FETCH(3, OffsetFetchRequestGroup.class, OffsetFetchResponseGroup.class);

  private final byte code;
  private final Class<? extends Message> requests;
  private final Class<? extends Message> answers;

  GateApi(int code, Class<? extends Message> requests, Class<? extends Message> answers) {
    this.code = (byte) code;
    this.requests = requests;
    this.answers = answers;
  }

  byte code() {
    return code;
  }

  static GateApi ofCode(byte code) {
    return Arrays.stream(values())
        .filter(api -> api.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nothing for a gate: " + code));
  }

  /**
   * @param message a request or an answer
   */
  static GateApi of(Message message) {
    return Arrays.stream(values())
        .filter(api -> api.requests.isInstance(message) || api.answers.isInstance(message))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nothing for a gate: " + message));
  }

  /**
   * Whether a process without a broker may ask in it: in these members name themselves, and topics
   * go by id.
   */
  boolean takes(int version) {
    return switch (this) {
      case HEARTBEAT ->
          version >= 1 && version <= ConsumerGroupHeartbeatRequestData.HIGHEST_SUPPORTED_VERSION;
      case COMMIT -> version >= 10 && version <= OffsetCommitRequestData.HIGHEST_SUPPORTED_VERSION;
      case FETCH -> version >= 10 && version <= OffsetFetchRequestData.HIGHEST_SUPPORTED_VERSION;
    };
  }

  Message readRequest(Readable from, short version) {
    return switch (this) {
      case HEARTBEAT -> new ConsumerGroupHeartbeatRequestData(from, version);
      case COMMIT -> new OffsetCommitRequestData(from, version);
      case FETCH -> new OffsetFetchRequestGroup(from, version);
    };
  }

  Message readAnswer(Readable from, short version) {
    return switch (this) {
      case HEARTBEAT -> new ConsumerGroupHeartbeatResponseData(from, version);
      case COMMIT -> new OffsetCommitResponseData(from, version);
      case FETCH -> new OffsetFetchResponseGroup(from, version);
    };
  }
}
