package actors.group;

import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.Readable;

/** The requests that pass a {@link GroupGate}, in Kafka's own bytes. */
enum GateApi {
  HEARTBEAT(
      1,
      ConsumerGroupHeartbeatRequestData.class,
      ConsumerGroupHeartbeatRequestData::new,
      ConsumerGroupHeartbeatResponseData.class,
      ConsumerGroupHeartbeatResponseData::new),
  COMMIT(
      2,
      OffsetCommitRequestData.class,
      OffsetCommitRequestData::new,
      OffsetCommitResponseData.class,
      OffsetCommitResponseData::new),
  FETCH(
      3,
      OffsetFetchRequestGroup.class,
      OffsetFetchRequestGroup::new,
      OffsetFetchResponseGroup.class,
      OffsetFetchResponseGroup::new);

  private final byte code;
  private final Class<? extends Message> requests;
  private final BiFunction<Readable, Short, Message> requestReader;
  private final Class<? extends Message> answers;
  private final BiFunction<Readable, Short, Message> answerReader;

  GateApi(
      int code,
      Class<? extends Message> requests,
      BiFunction<Readable, Short, Message> requestReader,
      Class<? extends Message> answers,
      BiFunction<Readable, Short, Message> answerReader) {
    this.code = (byte) code;
    this.requests = requests;
    this.requestReader = requestReader;
    this.answers = answers;
    this.answerReader = answerReader;
  }

  byte code() {
    return code;
  }

  static GateApi ofCode(byte code) {
    return find(code, api -> api.code == code);
  }

  static GateApi ofRequest(Message request) {
    return find(request.getClass(), api -> api.requests.isInstance(request));
  }

  static GateApi ofAnswer(Message answer) {
    return find(answer.getClass(), api -> api.answers.isInstance(answer));
  }

  private static GateApi find(Object what, Predicate<GateApi> isIt) {
    return Arrays.stream(values())
        .filter(isIt)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("nothing for a gate: " + what));
  }

  Message readRequest(Readable from, short version) {
    return requestReader.apply(from, version);
  }

  Message readAnswer(Readable from, short version) {
    return answerReader.apply(from, version);
  }
}
