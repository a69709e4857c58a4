package actors.group.classic;

/** A record of {@code __consumer_offsets} is not what its key says, or of a version to come. */
public final class UnreadableGroupRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableGroupRecord(String message) {
    super(message);
  }

  UnreadableGroupRecord(String message, Throwable cause) {
    super(message, cause);
  }
}
