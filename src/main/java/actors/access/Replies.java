package actors.access;

import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.util.Optional;

/** Replies of the replica under other correlations, and refusals in the form of each. */
final class Replies {
  private Replies() {}

  static OpenRequests.Refusal refusalOf(Replica.Append append) {
    return (error, sentence) ->
        new ReplicaReply.Appended(append.correlation(), error, -1, -1, -1, Optional.of(sentence));
  }

  static OpenRequests.Refusal refusalOf(Replica.Read read) {
    return (error, sentence) ->
        new ReplicaReply.Data(read.correlation(), error, Optional.empty(), -1, -1, -1, false);
  }

  static OpenRequests.Refusal refusalOf(Replica.FindOffset find) {
    return (error, sentence) -> new ReplicaReply.OffsetFound(find.correlation(), error, -1, -1, -1);
  }

  static ReplicaReply.Appended under(long correlation, ReplicaReply.Appended reply) {
    return new ReplicaReply.Appended(
        correlation,
        reply.error(),
        reply.baseOffset(),
        reply.logAppendTimeMillis(),
        reply.logStartOffset(),
        reply.message());
  }

  /** Without its region, which only the broker that it is on can read. */
  static ReplicaReply.Data under(long correlation, ReplicaReply.Data reply) {
    return new ReplicaReply.Data(
        correlation,
        reply.error(),
        Optional.empty(),
        reply.highWatermark(),
        reply.lastStableOffset(),
        reply.logStartOffset(),
        reply.waiting());
  }

  static ReplicaReply.OffsetFound under(long correlation, ReplicaReply.OffsetFound reply) {
    return new ReplicaReply.OffsetFound(
        correlation, reply.error(), reply.offset(), reply.timestampMillis(), reply.leaderEpoch());
  }
}
