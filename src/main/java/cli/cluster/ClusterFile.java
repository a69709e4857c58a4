package cli.cluster;

import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A cluster as its file describes it: complete and free of contradictions.
 *
 * @param path of the file
 * @param seedNodes ids of the nodes that keep the journal unless the file names others
 * @param voters ids of the nodes that keep the metadata journal
 * @param nodes by id
 * @param settings of all brokers, by Kafka's names
 */
public record ClusterFile(
    Path path,
    String name,
    List<Integer> seedNodes,
    List<Integer> voters,
    SortedMap<Integer, NodeEntry> nodes,
    Map<String, String> settings) {

  /** Reads and checks the file; a {@link ConfigMistake} says what is wrong and where. */
  public static ClusterFile read(Path path) {
    return new ClusterFileReader(path).read();
  }

  public NodeEntry node(int id) {
    NodeEntry node = nodes.get(id);
    if (node == null) {
      throw new ConfigMistake(
          path + ": there is no node " + id + "; the file describes " + nodes.keySet());
    }
    return node;
  }

  /** The node's settings; its own win over those of all brokers. */
  public NodeSettings settingsOf(NodeEntry node) {
    Map<String, String> merged = new TreeMap<>(settings);
    merged.putAll(node.settings());
    return new NodeSettings(
        node.id(),
        node.host(),
        node.ports().remoting(),
        node.ports().kafka(),
        node.advertisedHost(),
        node.rack(),
        node.dataDirectory(),
        merged);
  }

  /** What every node has to know about all of them. */
  public Config overrides() {
    Map<String, Object> cluster = new LinkedHashMap<>();
    cluster.put("name", name);
    cluster.put("journal-voters", voters);
    cluster.put("nodes", nodes.values().stream().map(ClusterFile::peer).toList());
    return ConfigFactory.parseMap(Map.of("granary.cluster", cluster), "cluster file");
  }

  private static Map<String, Object> peer(NodeEntry node) {
    Map<String, Object> peer = new LinkedHashMap<>();
    peer.put("id", node.id());
    peer.put("host", node.isWildcard() ? node.advertisedHost() : node.host());
    peer.put("remoting-port", node.ports().remoting());
    node.ports().grpc().ifPresent(port -> peer.put("grpc-port", port));
    peer.put("admin-port", node.ports().admin());
    return peer;
  }

  /** Where Kafka clients reach the cluster: {@code host:port,host:port}. */
  public String bootstrap() {
    return String.join(
        ",",
        nodes.values().stream()
            .map(node -> node.advertisedHost() + ":" + node.ports().kafka())
            .toList());
  }
}
