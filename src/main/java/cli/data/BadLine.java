package cli.data;

/** A line of the input that cannot become a record. */
public final class BadLine extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long lineNumber;

  public BadLine(long lineNumber, String what) {
    super("line " + lineNumber + " " + what);
    this.lineNumber = lineNumber;
  }

  /** From 1. */
  public long lineNumber() {
    return lineNumber;
  }
}
