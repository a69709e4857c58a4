package clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that a test starts; none outlives the tests, however they end. */
final class ChildProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    endOrphans();
  }

  private final Process process;
  private final List<String> command;
  private final Path out;
  private final Path err;

  private ChildProcess(Process process, List<String> command, Path out, Path err) {
    this.process = process;
    this.command = command;
    this.out = out;
    this.err = err;
  }

  /** What tests of this checkout left running because they were killed themselves. */
  private static void endOrphans() {
    String ours = Path.of("target", "clients").toAbsolutePath() + "/";
    ProcessHandle.allProcesses()
        .filter(process -> process.info().commandLine().orElse("").contains(ours))
        .filter(process -> process.parent().map(ProcessHandle::pid).orElse(1L) == 1)
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** What a finished process said. */
  record Finished(List<String> command, int exitCode, String out, String err) {
    Finished succeeded() {
      assertThat(exitCode).as("exit code of %s%n%s%n%s", command, out, err).isZero();
      return this;
    }

    /** Both streams. */
    String said() {
      return out + err;
    }

    List<String> lines() {
      return out.lines().toList();
    }
  }

  /** Starts the command; what it says goes to files beside {@code log}. */
  static ChildProcess start(List<String> command, Path log, Map<String, String> environment) {
    try {
      Files.createDirectories(log.getParent());
      Path out = log.resolveSibling(log.getFileName() + ".out");
      Path err = log.resolveSibling(log.getFileName() + ".err");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
              .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      RUNNING.removeIf(earlier -> !earlier.isAlive());
      RUNNING.add(process);
      return new ChildProcess(process, command, out, err);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command, e);
    }
  }

  static ChildProcess start(List<String> command) {
    return start(command, Map.of());
  }

  static ChildProcess start(List<String> command, Map<String, String> environment) {
    try {
      Path directory = Files.createDirectories(Path.of("target", "clients"));
      Path log = Files.createTempDirectory(directory, "child").resolve("std");
      return start(command, log, environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the command to its end. */
  static Finished run(List<String> command) {
    return run(command, "");
  }

  /** Runs the command to its end with this on its standard input. */
  static Finished run(List<String> command, String input) {
    try (ChildProcess child = start(command)) {
      try (OutputStream stdin = child.process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // The process ended without reading: its exit code says the rest.
      }
      return child.finish();
    }
  }

  /** Waits for the end. */
  Finished finish() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " did not end\n" + text(out) + text(err));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return new Finished(command, process.exitValue(), text(out), text(err));
  }

  Process process() {
    return process;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has said so far on its standard output. */
  String out() {
    return text(out);
  }

  /** What it has said so far, both streams. */
  String said() {
    return text(out) + text(err);
  }

  /** SIGKILL, and waits until it is gone. */
  void kill9() {
    process.destroyForcibly();
    finish();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill9();
    }
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
