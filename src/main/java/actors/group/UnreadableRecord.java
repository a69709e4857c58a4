package actors.group;

/** Bytes in {@code __consumer_offsets} that are not what their version says, or of one to come. */
public final class UnreadableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnreadableRecord(String sentence) {
    super(sentence);
  }

  public UnreadableRecord(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
