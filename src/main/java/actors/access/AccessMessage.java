package actors.access;

import actors.LeaderEpoch;
import actors.partition.OffsetQuery;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a far replica and the leader's broker say to each other. The far replica opens a visit at
 * the {@link Door}; from then on each side numbers what it says from zero, so that a message lost
 * on the way shows as a gap, which ends the visit.
 */
sealed interface AccessMessage {
  /** The reign this belongs to; compared before anything else. */
  LeaderEpoch epoch();

  /**
   * Far replica to door: let me in. Repeated until it is answered.
   *
   * @param guest whom to answer; the visit ends with it
   */
  record Open(LeaderEpoch epoch, Uuid topicId, int partition, ActorRef<AccessMessage> guest)
      implements AccessMessage {}

  /**
   * Door to far replica.
   *
   * @param visit whom to ask from now on; it ends with the leader's replica
   */
  record Opened(LeaderEpoch epoch, ActorRef<AccessMessage> visit) implements AccessMessage {}

  /** Door to far replica: nothing that it asks will be done. */
  record Refused(LeaderEpoch epoch, Errors error, String sentence) implements AccessMessage {}

  /**
   * Far replica to visit.
   *
   * @param number counts what this far replica says to this visit, from zero
   */
  record Asked(LeaderEpoch epoch, long number, Question question) implements AccessMessage {}

  /**
   * Visit to far replica.
   *
   * @param number counts what this visit says, from zero
   */
  record Told(LeaderEpoch epoch, long number, Answer answer) implements AccessMessage {}

  /**
   * Which bytes of a whole a message has.
   *
   * @param position of the first byte within the whole
   * @param size of the whole
   */
  record Part(int position, int size) {}

  sealed interface Question {
    /**
     * As {@code Replica.Append}; one message or several, in order and nothing else between them.
     *
     * @param request names it in the answer
     */
    record Append(long request, short acks, Part part, ByteBuffer bytes) implements Question {}

    /** As {@code Replica.Read}. Bytes found are only told of, and kept until they are loaded. */
    record Read(
        long request,
        long offset,
        int maxBytes,
        boolean atLeastOneBatch,
        boolean committedOnly,
        OptionalInt leaderEpoch,
        long waitPast)
        implements Question {}

    record FindOffset(long request, OffsetQuery query, OptionalInt leaderEpoch)
        implements Question {}

    /** The bytes that were told of are wanted, once. */
    record Load(long request) implements Question {}

    /** The bytes have arrived, all of them. */
    record Taken(long request) implements Question {}

    /** Nobody wants the answer any more, nor the bytes: the reader no longer waits. */
    record Forget(long request) implements Question {}

    /** Is anybody there? */
    record Check() implements Question {}
  }

  sealed interface Answer {
    /**
     * @param reply its correlation is the request
     */
    record Appended(ReplicaReply.Appended reply) implements Answer {}

    /**
     * @param reply its correlation is the request; without a region
     * @param size of the bytes that can be loaded, or 0
     */
    record Data(ReplicaReply.Data reply, int size) implements Answer {}

    /**
     * @param reply its correlation is the request
     */
    record OffsetFound(ReplicaReply.OffsetFound reply) implements Answer {}

    /** One message or several, in order and no other bytes between them. */
    record Bytes(long request, Part part, ByteBuffer bytes) implements Answer {}

    /** The bytes cannot be had. */
    record NotLoaded(long request, Errors error, String sentence) implements Answer {}

    /** Somebody is. */
    record Checked() implements Answer {}
  }
}
