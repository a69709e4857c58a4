package cli;

import actors.cluster.ConfigMistake;
import cli.data.BadLine;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import streams.StartFailed;

/** Any exception as a sentence and an exit status. */
final class Failures {
  private Failures() {}

  /** Says the sentence, with the trace where that is wanted; gives the status. */
  static int report(Exception thrown, boolean verbose, Console console) {
    CommandFailure failure = explain(thrown);
    console.out().flush();
    console.say("granary: %s", failure.getMessage());
    if (verbose || console.variable("GRANARY_DEBUG").isPresent()) {
      thrown.printStackTrace(console.err());
    }
    return failure.exitCode();
  }

  static CommandFailure explain(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      CommandFailure known = known(cause);
      if (known != null) {
        return known;
      }
    }
    Throwable cause = unwrapped(thrown);
    return new CommandFailure(
        ExitCode.FAILED, cause.getClass().getSimpleName() + ": " + cause.getMessage(), thrown);
  }

  /** What was thrown inside a future. */
  static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static CommandFailure known(Throwable cause) {
    if (cause instanceof CommandFailure failure) {
      return failure;
    }
    if (cause instanceof ConfigMistake) {
      return new CommandFailure(ExitCode.USAGE, cause.getMessage(), cause);
    }
    if (cause instanceof BadLine) {
      return new CommandFailure(ExitCode.FAILED, cause.getMessage(), cause);
    }
    if (cause instanceof UnknownTopicOrPartitionException) {
      return new CommandFailure(ExitCode.NOT_FOUND, cause.getMessage(), cause);
    }
    if (cause instanceof TimeoutException) {
      return new CommandFailure(
          ExitCode.UNREACHABLE, "the broker did not answer in time: " + cause.getMessage(), cause);
    }
    if (cause instanceof BindException) {
      return new CommandFailure(
          ExitCode.FAILED,
          "a port is taken by another program ("
              + cause.getMessage()
              + "); give another with --port, or in the cluster file",
          cause);
    }
    if (cause instanceof NoSuchFileException file) {
      return new CommandFailure(ExitCode.NOT_FOUND, "there is no file " + file.getFile(), cause);
    }
    if (cause instanceof AccessDeniedException file) {
      return new CommandFailure(ExitCode.FAILED, "no permission for " + file.getFile(), cause);
    }
    if (cause instanceof ApiException || cause instanceof IOException || isOurs(cause)) {
      return new CommandFailure(ExitCode.FAILED, cause.getMessage(), cause);
    }
    return null;
  }

  /** Exceptions of the rooms below are written as sentences for whoever runs the broker. */
  private static boolean isOurs(Throwable cause) {
    if (cause instanceof StartFailed && cause.getCause() != null) {
      return false; // what it passes on is a sentence already
    }
    String room = cause.getClass().getPackageName();
    return cause.getMessage() != null
        && (room.startsWith("actors") || room.startsWith("storage") || room.startsWith("streams"));
  }
}
