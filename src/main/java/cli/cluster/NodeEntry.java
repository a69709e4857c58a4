package cli.cluster;

import com.typesafe.config.ConfigOrigin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One node as cluster.conf describes it.
 *
 * @param settings its own broker settings, which win over those of all brokers
 * @param origin where it stands in the file
 */
public record NodeEntry(
    int id,
    String host,
    String advertisedHost,
    Ports ports,
    Optional<String> rack,
    Path dataDirectory,
    Map<String, String> settings,
    ConfigOrigin origin) {

  /** Listens on every address, none of which others could be told. */
  boolean isWildcard() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /**
   * Where the node listens.
   *
   * @param grpc empty: gRPC clients are not served
   */
  public record Ports(int remoting, int kafka, Optional<Integer> grpc, int admin) {
    Map<String, Integer> byKey() {
      Map<String, Integer> ports = new LinkedHashMap<>();
      ports.put(ClusterKeys.REMOTING_PORT, remoting);
      ports.put(ClusterKeys.KAFKA_PORT, kafka);
      grpc.ifPresent(port -> ports.put(ClusterKeys.GRPC_PORT, port));
      ports.put(ClusterKeys.ADMIN_PORT, admin);
      return ports;
    }
  }
}
