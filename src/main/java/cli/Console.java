package cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * What a command has around it, so that tests can stand in for a terminal.
 *
 * @param out results; buffered, flushed when a command ends or has nothing more to say for now
 * @param err everything else, at once
 * @param terminal whether {@code err} is a terminal, where a progress line may overwrite itself
 */
record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean terminal,
    Map<String, String> environment) {
  private static final int OUT_BUFFER_BYTES = 64 * 1024;

  static Console ofProcess() {
    return new Console(
        System.in,
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUT_BUFFER_BYTES),
            false,
            StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        "1".equals(System.getenv("GRANARY_TTY")),
        System.getenv());
  }

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** One line on standard error. */
  void say(String format, Object... arguments) {
    err.println(arguments.length == 0 ? format : String.format(format, arguments));
  }
}
