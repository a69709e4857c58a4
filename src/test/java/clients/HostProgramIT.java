package clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged product as a library of another program. */
class HostProgramIT {
  /** What only our own program needs; a program that depends on us does not get it. */
  private static final List<String> OF_THE_COMMAND_LINE =
      List.of("logback-", "picocli-", "jackson-");

  @TempDir Path directory;

  @Test
  void needsNothingOfTheCommandLineAndEndsByItself() throws Exception {
    // The program has a cluster of its own in mind, which is none of the broker's business.
    Files.writeString(
        directory.resolve("application.conf"),
        """
        pekko {
          actor.provider = local
          remote.artery.canonical.port = 1
          cluster.seed-nodes = ["pekko://theirs@127.0.0.1:1"]
          extensions = ["there.is.no.such.Extension"]
        }
        """);

    ChildProcess.Finished program =
        ChildProcess.run(
                List.of(
                    BrokerSettings.defaults().java(),
                    "-cp",
                    classPath(),
                    HostProgram.class.getName()))
            .succeeded();

    assertThat(program.out().strip()).isEqualTo("hello world");
  }

  private String classPath() throws IOException {
    Path target = BrokerProgram.Granary.checkout().resolve("target");
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      return Stream.concat(
              Stream.of(directory, target.resolve("granary.jar"), target.resolve("test-classes")),
              jars.filter(
                  jar ->
                      OF_THE_COMMAND_LINE.stream()
                          .noneMatch(jar.getFileName().toString()::startsWith)))
          .map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
    }
  }
}
