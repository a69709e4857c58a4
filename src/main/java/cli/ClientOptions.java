package cli;

import actors.cluster.ClusterFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Option;

/** Where the broker is that a command talks to. */
final class ClientOptions {
  static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";
  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

  @Option(
      names = {"-b", "--bootstrap"},
      paramLabel = "HOST:PORT",
      description =
          "The broker, or several between commas. Default: $GRANARY_BOOTSTRAP, else "
              + DEFAULT_BOOTSTRAP
              + ".")
  private String bootstrap;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A cluster file to take the brokers from, instead of --bootstrap.")
  private Path clusterFile;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long to try before giving up. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  int timeoutMillis() {
    if (timeoutSeconds < 1 || timeoutSeconds > 86_400) {
      throw CommandFailure.usage("--timeout must be from 1 to 86400 seconds");
    }
    return timeoutSeconds * 1000;
  }

  Admin admin(Console console) {
    return Admin.create(properties(console));
  }

  /** For any Kafka client. Fails at once if nobody listens at any of the addresses. */
  Properties properties(Console console) {
    int timeoutMillis = timeoutMillis();
    String addresses = addresses(console);
    checkReachable(addresses);
    Properties properties = new Properties();
    properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, addresses);
    properties.put(CommonClientConfigs.CLIENT_ID_CONFIG, "granary");
    properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Math.min(10_000, timeoutMillis));
    properties.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
    properties.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    // No metrics are read, so none are published to JMX, which would have to be started.
    properties.put("auto.include.jmx.reporter", "false");
    properties.put("metric.reporters", "");
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  String addresses(Console console) {
    if (bootstrap != null && clusterFile != null) {
      throw CommandFailure.usage("give --bootstrap or --config, not both");
    }
    if (clusterFile != null) {
      return ClusterFile.read(clusterFile).bootstrap();
    }
    return Optional.ofNullable(bootstrap)
        .or(() -> console.variable("GRANARY_BOOTSTRAP"))
        .orElse(DEFAULT_BOOTSTRAP);
  }

  private static void checkReachable(String addresses) {
    List<InetSocketAddress> brokers =
        Arrays.stream(addresses.split(",", -1)).map(ClientOptions::address).toList();
    String reason = "";
    for (InetSocketAddress broker : brokers) {
      try (Socket socket = new Socket()) {
        socket.connect(broker, CONNECT_TIMEOUT_MILLIS);
        return;
      } catch (IOException e) {
        reason = broker.isUnresolved() ? "no such host" : e.getMessage();
      }
    }
    throw new CommandFailure(
        ExitCode.UNREACHABLE,
        "no broker answers at " + addresses + " (" + reason + "); start one with: granary start");
  }

  /** Also {@code [::1]:9092}. */
  static InetSocketAddress address(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1).strip());
      if (colon > 0 && port > 0 && port < 65_536) {
        return new InetSocketAddress(text.substring(0, colon).strip(), port);
      }
    } catch (NumberFormatException e) {
      // Answered below.
    }
    throw CommandFailure.usage("\"" + text + "\" is no address of the form HOST:PORT");
  }
}
