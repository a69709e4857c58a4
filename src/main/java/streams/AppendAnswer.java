package streams;

import actors.partition.ReplicaReply.Appended;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;

/** What the answer to an append says of the batch. */
enum AppendAnswer {
  /** It is in the log, now or from an earlier try. */
  WRITTEN,

  /** It is not in the log: a batch before it is missing. */
  OUT_OF_ORDER,

  /** It is not in the log; another try may have more luck. */
  REFUSED_FOR_NOW,

  /** It may or may not be in the log; another try will tell. */
  DOUBTFUL,

  /** It is not in the log, and never will be. */
  REFUSED,

  /** It may or may not be in the log, and nobody will ever say. */
  LOST;

  static AppendAnswer of(Appended answer) {
    return switch (answer.error()) {
      case NONE, DUPLICATE_SEQUENCE_NUMBER -> WRITTEN;
      case OUT_OF_ORDER_SEQUENCE_NUMBER, UNKNOWN_PRODUCER_ID -> OUT_OF_ORDER;
      // Told before the append. A leader that steps down while a batch waits for its followers
      // also says that it does not lead; the batch may live on in its successor's log.
      case NOT_ENOUGH_REPLICAS,
          UNKNOWN_TOPIC_OR_PARTITION,
          UNKNOWN_TOPIC_ID,
          FENCED_LEADER_EPOCH,
          UNKNOWN_LEADER_EPOCH,
          LEADER_NOT_AVAILABLE,
          THROTTLING_QUOTA_EXCEEDED ->
          REFUSED_FOR_NOW;
      case UNKNOWN_SERVER_ERROR -> LOST;
      default -> isRetriable(answer.error()) ? DOUBTFUL : REFUSED;
    };
  }

  private static boolean isRetriable(Errors error) {
    return error.exception() instanceof RetriableException;
  }

  /** A sentence for people. */
  static String reason(Appended answer) {
    return answer.error() + ": " + answer.message().orElse(answer.error().message());
  }
}
