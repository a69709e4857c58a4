package cli;

/** An end that was foreseen: one sentence for the user and the status for the script. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  CommandFailure(int exitCode, String sentence) {
    this(exitCode, sentence, null);
  }

  CommandFailure(int exitCode, String sentence, Throwable cause) {
    super(sentence, cause);
    this.exitCode = exitCode;
  }

  static CommandFailure usage(String sentence) {
    return new CommandFailure(ExitCode.USAGE, sentence);
  }

  static CommandFailure failed(String sentence) {
    return new CommandFailure(ExitCode.FAILED, sentence);
  }

  static CommandFailure notFound(String sentence) {
    return new CommandFailure(ExitCode.NOT_FOUND, sentence);
  }

  int exitCode() {
    return exitCode;
  }
}
