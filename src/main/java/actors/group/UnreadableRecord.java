package actors.group;

/** Bytes in {@code __consumer_offsets} that are not what their version says. */
public final class UnreadableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param what the kind of record, such as "a committed offset"
   */
  public UnreadableRecord(String what, Throwable cause) {
    super(what + " cannot be read: " + cause.getMessage(), cause);
  }
}
