package streams;

import actors.broker.Edge;
import actors.broker.NodeSettings;
import actors.cluster.ClusterFile;
import actors.cluster.ConfigMistake;
import actors.cluster.SettingNames;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import storage.log.FileSystem;
import storage.log.RealFileSystem;

/**
 * What a broker in this program is like. Immutable. As created: broker 1, a cluster by itself, for
 * Kafka clients on a free port of 127.0.0.1, its data in a temporary directory that goes when it is
 * closed.
 */
public final class GranarySettings {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String JOURNAL_GROUP = "granary.journal.group";
  private static final String PLACE = "the broker's settings";

  private int brokerId = 1;
  private String host = LOOPBACK;
  private Optional<String> advertisedHost = Optional.empty();
  private OptionalInt kafkaPort = OptionalInt.of(0);
  private int remotingPort;
  private Optional<String> rack = Optional.empty();
  private Optional<Path> dataDirectory = Optional.empty();
  private Map<String, String> brokerSettings = new TreeMap<>();
  private Config overrides = ConfigFactory.empty();
  private Optional<Duration> startTimeout = Optional.of(Limits.START_WAIT);
  private List<Edge> edges = List.of();
  private boolean addressWasSaid;
  private FileSystem files = new RealFileSystem();

  private GranarySettings() {}

  private GranarySettings(GranarySettings other) {
    brokerId = other.brokerId;
    host = other.host;
    advertisedHost = other.advertisedHost;
    kafkaPort = other.kafkaPort;
    remotingPort = other.remotingPort;
    rack = other.rack;
    dataDirectory = other.dataDirectory;
    brokerSettings = other.brokerSettings;
    overrides = other.overrides;
    startTimeout = other.startTimeout;
    edges = other.edges;
    addressWasSaid = other.addressWasSaid;
    files = other.files;
  }

  public static GranarySettings create() {
    return new GranarySettings();
  }

  /**
   * A node of a cluster whose other nodes may be other programs.
   *
   * @param file the cluster file, the same for all of them
   * @param nodeId which of its nodes to be
   * @throws ConfigMistake if the file is wrong or has no such node; the message says where
   */
  public static GranarySettings ofClusterFile(Path file, int nodeId) {
    ClusterFile cluster = ClusterFile.read(file);
    return of(cluster.settingsOf(cluster.node(nodeId)), cluster.overrides());
  }

  /**
   * For those who have read the settings themselves. Such a broker is waited for as long as it
   * takes, which may be until other nodes are there.
   *
   * @param overrides the section {@code granary.cluster}, unless it is a cluster by itself, and
   *     what else differs from the packaged configuration
   */
  public static GranarySettings of(NodeSettings node, Config overrides) {
    return create()
        .change(
            next -> {
              next.brokerId = node.brokerId();
              next.host = node.host();
              next.advertisedHost = Optional.of(node.advertisedHost());
              next.kafkaPort = OptionalInt.of(node.kafkaPort());
              next.remotingPort = node.remotingPort();
              next.rack = node.rack();
              next.dataDirectory = Optional.of(node.dataDirectory());
              next.brokerSettings = Map.copyOf(node.brokerConfigs());
              next.overrides = overrides;
              next.startTimeout = Optional.empty();
              next.addressWasSaid = overrides.hasPath("granary.cluster");
            });
  }

  /** The broker's id in its cluster, and in its data directory for ever. */
  public GranarySettings withBrokerId(int id) {
    require(id >= 0, "the broker id is %d, but must not be negative", id);
    return change(next -> next.brokerId = id);
  }

  /** Keeps the data here, where it stays when the broker is closed; made if it is missing. */
  public GranarySettings withDataDirectory(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    return change(next -> next.dataDirectory = Optional.of(absolute));
  }

  /** Listens on this address, and tells clients to come there. */
  public GranarySettings withHost(String address) {
    return change(next -> next.host = address);
  }

  /** Tells clients to come here, where it is not the address that is listened on. */
  public GranarySettings withAdvertisedHost(String name) {
    return change(next -> next.advertisedHost = Optional.of(name));
  }

  /**
   * Serves Kafka clients on this port.
   *
   * @param port 0: any that is free, see {@link Granary#kafkaPort}
   */
  public GranarySettings withKafkaPort(int port) {
    require(port >= 0 && port <= 65_535, "the Kafka port is %d, but must be 0 to 65535", port);
    return change(next -> next.kafkaPort = OptionalInt.of(port));
  }

  /** Opens no port for Kafka clients: only this program's streams reach the broker. */
  public GranarySettings withoutKafka() {
    return change(next -> next.kafkaPort = OptionalInt.empty());
  }

  /** Where the broker stands; replicas are spread over racks, and read from in the reader's own. */
  public GranarySettings withRack(String name) {
    return change(next -> next.rack = Optional.of(name));
  }

  /**
   * A setting of the broker, by Kafka's name, such as {@code num.partitions}.
   *
   * @throws ConfigMistake if there is none of that name, or the value is not one of its own
   */
  public GranarySettings withBrokerSetting(String name, String value) {
    SettingNames.check(PLACE, name, name, value);
    Map<String, String> merged = new TreeMap<>(brokerSettings);
    merged.put(name, value);
    return change(next -> next.brokerSettings = merged);
  }

  /** As {@link #withBrokerSetting}, for each. */
  public GranarySettings withBrokerSettings(Map<String, String> settings) {
    GranarySettings next = this;
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      next = next.withBrokerSetting(setting.getKey(), setting.getValue());
    }
    return next;
  }

  /** Configuration of the broker's actor system and of streams, over the packaged one. */
  public GranarySettings withConfig(Config config) {
    Config merged = config.withFallback(overrides).resolve();
    return change(next -> next.overrides = merged);
  }

  /** A start that takes longer fails; one minute if nothing is said. */
  public GranarySettings withStartTimeout(Duration timeout) {
    require(
        !timeout.isNegative() && !timeout.isZero(),
        "the start timeout is %s, but must be longer than nothing",
        timeout);
    return change(next -> next.startTimeout = Optional.of(timeout));
  }

  /** A start takes as long as it takes, which may be until other nodes are there. */
  public GranarySettings withoutStartTimeout() {
    return change(next -> next.startTimeout = Optional.empty());
  }

  /** Something else beside the Kafka listener that reaches the broker while it serves. */
  public GranarySettings withEdge(Edge edge) {
    List<Edge> more = new ArrayList<>(edges);
    more.add(edge);
    return change(next -> next.edges = List.copyOf(more));
  }

  /** Where other brokers of the cluster reach this one. */
  GranarySettings withRemotingPort(int port) {
    return change(next -> next.remotingPort = port);
  }

  /** The disks that its logs are on, such as ones that count what is read of them. */
  GranarySettings withFiles(FileSystem disks) {
    return change(next -> next.files = disks);
  }

  /**
   * Its journal is told from those of other brokers in this JVM, whose ids may be the same; only
   * where no later start has to find it again.
   */
  GranarySettings withJournalOfItsOwn() {
    return withConfig(
        ConfigFactory.parseMap(Map.of(JOURNAL_GROUP, UUID.randomUUID().toString()), PLACE));
  }

  private GranarySettings change(Consumer<GranarySettings> change) {
    GranarySettings next = new GranarySettings(this);
    change.accept(next);
    return next;
  }

  private static void require(boolean holds, String format, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(format, value));
    }
  }

  int brokerId() {
    return brokerId;
  }

  String host() {
    return host;
  }

  OptionalInt kafkaPort() {
    return kafkaPort;
  }

  Optional<Path> dataDirectory() {
    return dataDirectory;
  }

  Map<String, String> brokerSettings() {
    return brokerSettings;
  }

  Config overrides() {
    return overrides;
  }

  Optional<Duration> startTimeout() {
    return startTimeout;
  }

  List<Edge> edges() {
    return edges;
  }

  FileSystem files() {
    return files;
  }

  /** Whether clients are sent to an address that somebody has said, who may be wrong. */
  boolean addressWasSaid() {
    return addressWasSaid;
  }

  /**
   * @param kafka where the listener is; 0 if there is none
   * @throws IllegalArgumentException if clients would be told to come to no address in particular
   */
  NodeSettings node(int kafka, Path directory) {
    require(
        advertisedHost.isPresent() || !(host.equals("0.0.0.0") || host.equals("::")),
        "the host %s is every address of this machine; say which one clients are to come to, by"
            + " withAdvertisedHost",
        host);
    return new NodeSettings(
        brokerId,
        host,
        remotingPort,
        kafka,
        advertisedHost.orElse(host),
        rack,
        directory,
        brokerSettings);
  }
}
