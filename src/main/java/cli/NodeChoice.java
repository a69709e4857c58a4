package cli;

import actors.broker.NodeSettings;
import cli.cluster.ClusterFile;
import cli.cluster.NodeEntry;
import cli.cluster.SettingNames;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which broker to start: one that a cluster file describes, or, without a file, a cluster of one on
 * loopback.
 *
 * @param node id of a node in the cluster file; alone, it means the file {@code cluster.conf}
 * @param data instead of the directory that the file or the default says
 * @param grpcPort for gRPC clients; without it, and without a file that says one, there is no such
 *     listener
 * @param settings broker settings that win over all others
 */
record NodeChoice(
    Optional<Integer> node,
    Optional<Path> clusterFile,
    Optional<Path> data,
    Optional<Integer> port,
    Optional<Integer> grpcPort,
    Map<String, String> settings) {
  static final int DEFAULT_PORT = 9092;
  private static final int EMBEDDED_ID = 1;
  private static final String LOOPBACK = "127.0.0.1";
  private static final String GRPC_PORT = "granary.grpc.port";

  /** What is started. */
  record Plan(NodeSettings settings, Config overrides) {
    /** Where the partitions' directories lie. */
    Path logDirectory() {
      return settings.dataDirectory().resolve("logs");
    }
  }

  Plan plan(Console console) {
    settings.forEach((name, value) -> SettingNames.check("--set", name, name, value));
    return node.isPresent() || clusterFile.isPresent() ? fromFile(console) : embedded(console);
  }

  private Plan embedded(Console console) {
    Path directory =
        data.or(() -> console.variable("GRANARY_DATA").map(Path::of)).orElse(Path.of("data"));
    NodeSettings embedded =
        new NodeSettings(
            EMBEDDED_ID,
            LOOPBACK,
            0,
            port.orElse(DEFAULT_PORT),
            LOOPBACK,
            Optional.empty(),
            directory.toAbsolutePath().normalize(),
            new TreeMap<>(settings));
    return new Plan(embedded, grpcOn(grpcPort));
  }

  private Plan fromFile(Console console) {
    refuse(port, "--port");
    refuse(grpcPort, "--grpc-port");
    ClusterFile file = ClusterFile.read(clusterFile.orElseGet(() -> defaultFile(console)));
    NodeEntry entry = file.node(node.orElseGet(() -> onlyNode(file)));
    NodeSettings described = file.settingsOf(entry);
    Map<String, String> merged = new TreeMap<>(described.brokerConfigs());
    merged.putAll(settings);
    NodeSettings chosen =
        new NodeSettings(
            described.brokerId(),
            described.host(),
            described.remotingPort(),
            described.kafkaPort(),
            described.advertisedHost(),
            described.rack(),
            data.map(directory -> directory.toAbsolutePath().normalize())
                .orElse(described.dataDirectory()),
            merged);
    return new Plan(chosen, grpcOn(entry.ports().grpc()).withFallback(file.overrides()));
  }

  private static void refuse(Optional<Integer> port, String option) {
    if (port.isPresent()) {
      throw CommandFailure.usage(
          option + " contradicts the cluster file, which says each node's ports");
    }
  }

  private static Config grpcOn(Optional<Integer> port) {
    return port.map(number -> ConfigFactory.parseMap(Map.of(GRPC_PORT, number), "grpc-port"))
        .orElseGet(ConfigFactory::empty);
  }

  private static int onlyNode(ClusterFile file) {
    if (file.nodes().size() > 1) {
      throw CommandFailure.usage(
          file.path() + " describes nodes " + file.nodes().keySet() + "; say which with --node");
    }
    return file.nodes().firstKey();
  }

  static Path defaultFile(Console console) {
    Path here = Path.of("cluster.conf");
    return console
        .variable("GRANARY_HOME")
        .map(home -> Path.of(home).resolve("cluster.conf"))
        .filter(packaged -> !Files.exists(here) && Files.exists(packaged))
        .orElse(here);
  }
}
