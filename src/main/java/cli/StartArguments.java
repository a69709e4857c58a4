package cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the plain forms of {@code start} without the library that reads all others. Its classes are
 * compiled for a Java so old that class-data sharing does not take them, and reading {@code start
 * --port 9092} with it costs a fifth of a second of every start.
 */
final class StartArguments {
  private Integer node;
  private Path clusterFile;
  private Path data;
  private Integer port;
  private Integer grpcPort;
  private final Map<String, String> settings = new TreeMap<>();

  private StartArguments() {}

  /**
   * Empty where there is anything to explain, refuse or look at twice: {@link StartCommand} does.
   */
  static Optional<NodeChoice> parse(String... arguments) {
    if (arguments.length % 2 == 0 || !arguments[0].equals("start")) {
      return Optional.empty();
    }
    StartArguments parsed = new StartArguments();
    for (int i = 1; i < arguments.length; i += 2) {
      if (!parsed.take(arguments[i], arguments[i + 1])) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new NodeChoice(
            Optional.ofNullable(parsed.node),
            Optional.ofNullable(parsed.clusterFile),
            Optional.ofNullable(parsed.data),
            Optional.ofNullable(parsed.port),
            Optional.ofNullable(parsed.grpcPort),
            parsed.settings));
  }

  private boolean take(String option, String value) {
    if (value.isEmpty() || value.startsWith("-")) {
      return false;
    }
    try {
      switch (option) {
        case "--node" -> {
          boolean first = node == null;
          node = Integer.valueOf(value);
          return first;
        }
        case "--config" -> {
          boolean first = clusterFile == null;
          clusterFile = Path.of(value);
          return first;
        }
        case "--data" -> {
          boolean first = data == null;
          data = Path.of(value);
          return first;
        }
        case "--port" -> {
          boolean first = port == null;
          port = Integer.valueOf(value);
          return first && Ports.isValid(port);
        }
        case "--grpc-port" -> {
          boolean first = grpcPort == null;
          grpcPort = Integer.valueOf(value);
          return first && Ports.isValid(grpcPort);
        }
        case "--set" -> {
          return takeSetting(value);
        }
        default -> {
          return false;
        }
      }
    } catch (NumberFormatException | InvalidPathException e) {
      return false;
    }
  }

  private boolean takeSetting(String assignment) {
    int equals = assignment.indexOf('=');
    return equals > 0
        && equals < assignment.length() - 1
        && settings.put(assignment.substring(0, equals), assignment.substring(equals + 1)) == null;
  }
}
