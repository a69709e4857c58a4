package actors.partition;

import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;

/** The refusals, in the form of each reply. */
final class Replies {
  private Replies() {}

  static ReplicaReply.Appended appendRefused(Replica.Append append, Errors error, String message) {
    return new ReplicaReply.Appended(append.correlation(), error, -1, -1, -1, Optional.of(message));
  }

  static ReplicaReply.Data readRefused(long correlation, Errors error) {
    return new ReplicaReply.Data(correlation, error, Optional.empty(), -1, -1, -1, false);
  }

  static ReplicaReply.RecordsDeleted deletionRefused(long correlation, Errors error) {
    return new ReplicaReply.RecordsDeleted(correlation, error, -1);
  }

  static ReplicaReply.OffsetFound offsetRefused(long correlation, Errors error) {
    return new ReplicaReply.OffsetFound(correlation, error, -1, -1, -1);
  }
}
