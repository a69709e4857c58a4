package clients;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Kafka's own command line tools, and programs of Kafka Streams, in a JVM of their own: they bring
 * another version of kafka-clients than the product's. The build puts their jars into
 * target/kafka-tools.
 */
final class KafkaTools {
  private static final Path JARS =
      Path.of(System.getProperty("granary.tools", "target/kafka-tools"));

  private KafkaTools() {}

  static ChildProcess.Finished run(String tool, String... arguments) {
    return runWith("", tool, arguments);
  }

  /** Runs the tool with this on its standard input. */
  static ChildProcess start(String tool, String... arguments) {
    return ChildProcess.start(command(tool, arguments));
  }

  static ChildProcess.Finished runWith(String input, String tool, String... arguments) {
    return ChildProcess.run(command(tool, arguments), input);
  }

  /** Starts a program of the tests' own, which needs these jars and its own class alone. */
  static ChildProcess startOurs(Class<?> program, String... arguments) {
    String classes = program.getProtectionDomain().getCodeSource().getLocation().getPath();
    return ChildProcess.start(
        java(classes + File.pathSeparator + JARS + "/*", program.getName(), arguments));
  }

  private static List<String> command(String tool, String... arguments) {
    return java(JARS + "/*", "org.apache.kafka.tools." + tool, arguments);
  }

  private static List<String> java(String classPath, String program, String... arguments) {
    if (!Files.isDirectory(JARS)) {
      throw new IllegalStateException("no " + JARS + ": run mvn pre-integration-test first");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                BrokerSettings.defaults().java(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                program));
    command.addAll(List.of(arguments));
    return command;
  }
}
