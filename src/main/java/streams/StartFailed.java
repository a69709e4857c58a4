package streams;

/**
 * A broker that did not start. The message says why, and which setting to change; the cause is what
 * the rooms below said.
 */
public final class StartFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
