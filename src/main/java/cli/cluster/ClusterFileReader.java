package cli.cluster;

import static cli.cluster.ClusterKeys.*;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the words of a cluster file; {@link Contradictions} then reads it as a whole. */
final class ClusterFileReader {
  private static final int PORT_MAX = 65_535;
  private static final Section NOTHING = new Section("", ConfigFactory.empty().root());

  private final Path path;

  ClusterFileReader(Path path) {
    this.path = path;
  }

  ClusterFile read() {
    Section root = new Section("", parse().root()).allowOnly(ROOT_KEYS);
    Section cluster = root.section(CLUSTER).orElse(NOTHING).allowOnly(CLUSTER_KEYS);
    Section defaults = root.section(DEFAULTS).orElse(NOTHING).allowOnly(DEFAULT_KEYS);

    SortedMap<Integer, NodeEntry> nodes = new TreeMap<>();
    for (Section section : root.sections(NODES)) {
      NodeEntry node = node(section.allowOnly(NODE_KEYS), defaults);
      NodeEntry twin = nodes.put(node.id(), node);
      if (twin != null) {
        throw ConfigMistake.at(
            section.originOf(ID),
            "node id %d is given twice; first at %s",
            node.id(),
            ConfigMistake.place(twin.origin()));
      }
    }
    if (nodes.isEmpty()) {
      throw ConfigMistake.at(root.originOf(NODES), "\"%s\" is empty", NODES);
    }

    List<Integer> seeds = members(cluster, SEED_NODES, nodes, List.copyOf(nodes.keySet()));
    ClusterFile file =
        new ClusterFile(
            path,
            cluster.text(NAME).orElse("granary"),
            seeds,
            members(cluster, VOTERS, nodes, seeds),
            nodes,
            settings(root));
    Contradictions.check(file);
    return file;
  }

  private Config parse() {
    if (!Files.isRegularFile(path)) {
      throw new ConfigMistake("there is no file " + path);
    }
    try {
      return ConfigFactory.parseFile(
              path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false))
          .resolve();
    } catch (ConfigException e) {
      throw new ConfigMistake(e.getMessage());
    }
  }

  private NodeEntry node(Section node, Section defaults) {
    int id = node.whole(ID, 0, Integer.MAX_VALUE).orElseThrow(() -> node.missing(ID));
    String host = node.text(HOST).or(() -> defaults.text(HOST)).orElse("127.0.0.1");
    return new NodeEntry(
        id,
        host,
        node.text(ADVERTISED_HOST).orElse(host),
        new NodeEntry.Ports(
            port(node, defaults, REMOTING_PORT, 25_520),
            port(node, defaults, KAFKA_PORT, 9092),
            port(node, defaults, GRPC_PORT),
            port(node, defaults, ADMIN_PORT, 9292)),
        node.text(RACK).or(() -> defaults.text(RACK)),
        dataDirectory(node, id),
        ownSettings(node),
        node.origin());
  }

  private static int port(Section node, Section defaults, String key, int otherwise) {
    return port(node, defaults, key).orElse(otherwise);
  }

  private static Optional<Integer> port(Section node, Section defaults, String key) {
    OptionalInt own = node.whole(key, 1, PORT_MAX);
    OptionalInt said = own.isPresent() ? own : defaults.whole(key, 1, PORT_MAX);
    return said.isPresent() ? Optional.of(said.getAsInt()) : Optional.empty();
  }

  /** Relative to the file, so that every node finds its own from wherever it is started. */
  private Path dataDirectory(Section node, int id) {
    List<String> directories = node.texts(DATA).orElse(List.of("data/" + id));
    if (directories.size() != 1) {
      throw ConfigMistake.at(
          node.originOf(DATA),
          "\"%s\" names %d directories; a node has one",
          node.qualified(DATA),
          directories.size());
    }
    return path.toAbsolutePath().resolveSibling(directories.get(0)).normalize();
  }

  private static List<Integer> members(
      Section cluster, String key, Map<Integer, NodeEntry> nodes, List<Integer> otherwise) {
    List<Integer> ids = cluster.wholes(key, 0, Integer.MAX_VALUE).orElse(otherwise);
    for (int id : ids) {
      if (!nodes.containsKey(id)) {
        throw ConfigMistake.at(
            cluster.originOf(key),
            "\"%s\" names node %d, which is not among the nodes %s",
            cluster.qualified(key),
            id,
            nodes.keySet());
      }
    }
    if (ids.isEmpty() || ids.stream().distinct().count() != ids.size()) {
      throw ConfigMistake.at(
          cluster.originOf(key),
          "\"%s\" must name one node at least, and each once",
          cluster.qualified(key));
    }
    return ids;
  }

  private static Map<String, String> ownSettings(Section node) {
    return node.section(BROKER).map(ClusterFileReader::brokerSettings).orElse(Map.of());
  }

  private static Map<String, String> settings(Section root) {
    Section broker = root.section(BROKER).orElse(NOTHING);
    Map<String, String> settings = new TreeMap<>(brokerSettings(broker));
    root.section(TOPIC).ifPresent(topic -> addTopicSettings(topic, broker, settings));
    return settings;
  }

  private static Map<String, String> brokerSettings(Section section) {
    Map<String, String> settings = new TreeMap<>();
    section
        .settings()
        .forEach(
            (name, setting) -> {
              SettingNames.check(
                  ConfigMistake.place(setting.origin()), setting.key(), name, setting.value());
              settings.put(name, setting.value());
            });
    return settings;
  }

  private static void addTopicSettings(
      Section topic, Section broker, Map<String, String> settings) {
    topic
        .settings()
        .forEach(
            (name, setting) -> {
              String synonym = SettingNames.ofTopics().get(name);
              if (synonym == null) {
                throw ConfigMistake.at(
                    setting.origin(),
                    "unknown topic setting \"%s\"%s",
                    setting.key(),
                    NearestName.hint(name, SettingNames.ofTopics().keySet()));
              }
              SettingNames.check(
                  ConfigMistake.place(setting.origin()), setting.key(), synonym, setting.value());
              String before = settings.put(synonym, setting.value());
              if (before != null && !before.equals(setting.value())) {
                throw ConfigMistake.at(
                    setting.origin(),
                    "\"%s\" is %s, but \"%s\" at %s says %s of the same setting",
                    setting.key(),
                    setting.value(),
                    broker.qualified(synonym),
                    ConfigMistake.place(broker.settings().get(synonym).origin()),
                    before);
              }
            });
  }
}
