package actors.broker;

/** The node cannot take part as it is configured; the message says what is wrong and what to do. */
public final class NodeRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NodeRefused(String message) {
    super(message);
  }
}
