package streams;

/** Offsets that were not committed. The message says of which group, and why. */
public final class CommitFailed extends RuntimeException {
  CommitFailed(String groupId, String reason) {
    super("group " + groupId + ": " + reason);
  }
}
