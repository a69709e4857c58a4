package cli;

/** What the exit status tells a script. Documented in docs/commands.md; never renumbered. */
final class ExitCode {
  static final int OK = 0;

  /** The work failed: something was not written, read back or found intact. */
  static final int FAILED = 1;

  /** A wrong option, argument or setting; nothing was done. */
  static final int USAGE = 2;

  /** No broker answered at the addresses given. */
  static final int UNREACHABLE = 3;

  /** The topic, partition or file asked for does not exist. */
  static final int NOT_FOUND = 4;

  private ExitCode() {}
}
