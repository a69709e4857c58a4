package storage.log;

/** Our own code broke a rule of its own; whoever meets this must write nothing more. */
public final class InvariantViolation extends RuntimeException {
  public InvariantViolation(String sentence) {
    super(sentence);
  }

  /** Throws with the formatted sentence unless the condition holds. */
  @SuppressWarnings("AnnotateFormatMethod") // would bring its annotations to the class path
  public static void check(boolean holds, String format, Object... arguments) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, arguments));
    }
  }

  /** Like {@link #check(boolean, String, Object...)}, without boxing where it holds. */
  @SuppressWarnings("AnnotateFormatMethod")
  public static void check(boolean holds, String format, long first, long second) {
    if (!holds) {
      throw new InvariantViolation(String.format(format, first, second));
    }
  }
}
