package streams.grpc;

import actors.partition.ReplicaReply.Appended;
import actors.partition.ReplicaReply.Data;
import actors.partition.ReplicaReply.OffsetFound;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Errors;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;

/** What replicas answer, as messages. */
final class Answers {
  private static final long NONE = -1;

  private Answers() {}

  static PartitionResponse of(Appended reply) {
    return answer(reply.correlation())
        .setAppended(
            PartitionResponse.Appended.newBuilder()
                .setError(reply.error().code())
                .setMessage(reply.message().orElse(""))
                .setBaseOffset(reply.baseOffset())
                .setLogAppendTimeMillis(reply.logAppendTimeMillis())
                .setLogStartOffset(reply.logStartOffset()))
        .build();
  }

  /**
   * @param size of the bytes that may be loaded
   */
  static PartitionResponse of(Data reply, int size, boolean waiting) {
    return answer(reply.correlation())
        .setData(
            PartitionResponse.Data.newBuilder()
                .setError(reply.error().code())
                .setSize(size)
                .setHighWatermark(reply.highWatermark())
                .setLogStartOffset(reply.logStartOffset())
                .setWaiting(waiting))
        .build();
  }

  /** Nobody touches the bytes any more. */
  static PartitionResponse of(Data reply, ByteBuffer bytes) {
    PartitionResponse.Builder answer = of(reply, bytes.remaining(), false).toBuilder();
    answer.getDataBuilder().setBatches(UnsafeByteOperations.unsafeWrap(bytes));
    return answer.build();
  }

  static PartitionResponse of(OffsetFound reply) {
    return answer(reply.correlation())
        .setOffsetFound(
            PartitionResponse.OffsetFound.newBuilder()
                .setError(reply.error().code())
                .setOffset(reply.offset())
                .setTimestampMillis(reply.timestampMillis())
                .setLeaderEpoch(reply.leaderEpoch()))
        .build();
  }

  /** Nobody touches the bytes any more. */
  static PartitionResponse bytes(long request, ByteBuffer bytes) {
    ByteString batches = UnsafeByteOperations.unsafeWrap(bytes);
    return answer(request)
        .setBytes(PartitionResponse.Bytes.newBuilder().setBatches(batches))
        .build();
  }

  static PartitionResponse noBytes(long request, Errors error, String sentence) {
    return answer(request)
        .setBytes(PartitionResponse.Bytes.newBuilder().setError(error.code()).setMessage(sentence))
        .build();
  }

  static PartitionResponse leaderLost(long request) {
    return answer(request).setLeaderLost(PartitionResponse.LeaderLost.getDefaultInstance()).build();
  }

  /** Refuses a question in the form of its answer. */
  static PartitionResponse refusal(PartitionRequest request, Errors error, String sentence) {
    PartitionResponse.Builder answer = answer(request.getRequest());
    return switch (request.getQuestionCase()) {
      case APPEND ->
          answer
              .setAppended(
                  PartitionResponse.Appended.newBuilder()
                      .setError(error.code())
                      .setMessage(sentence)
                      .setBaseOffset(NONE)
                      .setLogAppendTimeMillis(NONE)
                      .setLogStartOffset(NONE))
              .build();
      case READ ->
          answer
              .setData(
                  PartitionResponse.Data.newBuilder()
                      .setError(error.code())
                      .setMessage(sentence)
                      .setHighWatermark(NONE)
                      .setLogStartOffset(NONE))
              .build();
      default ->
          answer
              .setOffsetFound(
                  PartitionResponse.OffsetFound.newBuilder()
                      .setError(error.code())
                      .setMessage(sentence)
                      .setOffset(NONE)
                      .setTimestampMillis(NONE)
                      .setLeaderEpoch((int) NONE))
              .build();
    };
  }

  private static PartitionResponse.Builder answer(long request) {
    return PartitionResponse.newBuilder().setRequest(request);
  }
}
