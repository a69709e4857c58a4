package streams.grpc;

import actors.partition.ReplicaReply;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import streams.grpc.v1.PartitionResponse;

/** What a broker answers, as the stages hear it of a replica. */
final class Replies {
  private static final int NONE = -1;

  private Replies() {}

  private static Errors error(int code) {
    return Errors.forCode((short) code);
  }

  static ReplicaReply.Appended appended(long correlation, PartitionResponse.Appended answer) {
    return new ReplicaReply.Appended(
        correlation,
        error(answer.getError()),
        answer.getBaseOffset(),
        answer.getLogAppendTimeMillis(),
        answer.getLogStartOffset(),
        Optional.of(answer.getMessage()).filter(sentence -> !sentence.isEmpty()));
  }

  static ReplicaReply.Data data(long correlation, PartitionResponse.Data answer) {
    return new ReplicaReply.Data(
        correlation,
        error(answer.getError()),
        Optional.empty(),
        answer.getHighWatermark(),
        answer.getHighWatermark(),
        answer.getLogStartOffset(),
        answer.getWaiting());
  }

  /** Of a read that was not asked. */
  static ReplicaReply.Data data(long correlation, Errors error) {
    return new ReplicaReply.Data(correlation, error, Optional.empty(), NONE, NONE, NONE, false);
  }

  static ReplicaReply.OffsetFound offset(long correlation, PartitionResponse.OffsetFound answer) {
    return new ReplicaReply.OffsetFound(
        correlation,
        error(answer.getError()),
        answer.getOffset(),
        answer.getTimestampMillis(),
        answer.getLeaderEpoch());
  }

  /** Of a question that was not asked. */
  static ReplicaReply.OffsetFound offset(long correlation, Errors error) {
    return new ReplicaReply.OffsetFound(correlation, error, NONE, NONE, NONE);
  }
}
