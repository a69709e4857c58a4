package actors;

/**
 * We are wrong: a rule that our own code keeps was broken. The actor that sees it stops before it
 * writes.
 */
public final class InvariantViolation extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public InvariantViolation(String message) {
    super(message);
  }
}
