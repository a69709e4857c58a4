package streams;

import org.apache.kafka.common.protocol.Errors;

/** A stream that cannot be a member of its group. The message says which group and why. */
public final class GroupFailed extends RuntimeException {
  private final Errors error;

  GroupFailed(String groupId, Errors error, String reason) {
    super("group " + groupId + ": " + reason);
    this.error = error;
  }

  /** Kafka's code for it. */
  public Errors error() {
    return error;
  }
}
