package clients;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The kcat client, a program in C on librdkafka. Where the machine does not have it, Debian's
 * package is unpacked below target/, which changes nothing outside and needs no rights.
 *
 * <p>{@code -Dclients.kcat.unpack} unpacks it even if there is one.
 */
final class Kcat {
  private static final Path UNPACKED = Path.of("target", "kcat").toAbsolutePath();

  private Kcat() {}

  /** Runs kcat against the broker with this on its standard input. */
  static ChildProcess.Finished run(RunningBroker broker, String input, String... arguments) {
    return ChildProcess.run(command(broker, arguments), input).succeeded();
  }

  /** Starts it, to be ended by the caller. */
  static ChildProcess start(RunningBroker broker, String... arguments) {
    return ChildProcess.start(command(broker, arguments));
  }

  private static List<String> command(RunningBroker broker, String... arguments) {
    List<String> command = new ArrayList<>(executable());
    command.addAll(List.of("-b", broker.bootstrap(), "-X", "socket.timeout.ms=60000"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** How to start it; aborts the test, with the reason, on a machine where it cannot be had. */
  private static synchronized List<String> executable() {
    boolean unpack = System.getProperty("clients.kcat.unpack") != null;
    Optional<Path> installed = unpack ? Optional.empty() : onPath("kcat");
    if (installed.isPresent()) {
      return List.of(installed.get().toString());
    }
    if (!Files.exists(UNPACKED.resolve("usr/bin/kcat"))) {
      unpack();
    }
    return List.of(
        "env",
        "LD_LIBRARY_PATH=" + String.join(":", libraryDirectories()),
        UNPACKED.resolve("usr/bin/kcat").toString());
  }

  private static void unpack() {
    if (onPath("apt-get").isEmpty() || onPath("dpkg").isEmpty()) {
      abort("there is no kcat, and no apt-get and dpkg to get it with");
    }
    if (packages().isEmpty() && shell("test -w /var/lib/apt/lists").exitCode() == 0) {
      shell("apt-get -q update");
    }
    List<String> packages = packages();
    if (packages.isEmpty()) {
      abort("there is no kcat, and apt-get knows of none");
    }
    ChildProcess.Finished fetched =
        shell(
            "mkdir -p '%1$s' && cd '%1$s' && apt-get -q download %2$s && for deb in *.deb; do dpkg -x $deb .; done"
                .formatted(UNPACKED, String.join(" ", packages)));
    if (fetched.exitCode() != 0) {
      abort("there is no kcat, and apt-get cannot download it: " + fetched.said());
    }
  }

  /** kcat and what it needs, without the C library, which every machine has and must not mix. */
  private static List<String> packages() {
    ChildProcess.Finished depends =
        shell(
            "apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks"
                + " --no-replaces --no-enhances kcat");
    return depends.exitCode() != 0
        ? List.of()
        : depends
            .out()
            .lines()
            .filter(line -> line.matches("[a-z0-9].*"))
            .filter(
                name ->
                    !name.matches(
                        "(libc6|libc-bin|libcrypt1|gcc-.*-base|libgcc-s1|debconf|dpkg|tar|perl.*)(:.*)?"))
            .distinct()
            .toList();
  }

  private static List<String> libraryDirectories() {
    try (Stream<Path> files = Files.walk(UNPACKED)) {
      return files
          .filter(file -> file.getFileName().toString().contains(".so"))
          .map(file -> file.getParent().toString())
          .distinct()
          .collect(Collectors.toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Optional<Path> onPath(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static ChildProcess.Finished shell(String script) {
    return ChildProcess.run(List.of("sh", "-c", script));
  }
}
