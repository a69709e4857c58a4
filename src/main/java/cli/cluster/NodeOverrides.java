package cli.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The part of Pekko's configuration that follows from where a node and its peers listen. */
public final class NodeOverrides {
  /** Name of every node's actor system; part of the seed nodes' addresses. */
  public static final String SYSTEM_NAME = "granary";

  private NodeOverrides() {}

  /** Where a node's remoting listens. */
  public record Address(String host, int port) {
    String asSeed() {
      return "pekko://" + SYSTEM_NAME + "@" + host + ":" + port;
    }
  }

  /**
   * @param remotingPort 0 for any that is free
   * @param seeds empty: the node is a cluster by itself
   */
  public static Config of(
      String host, int remotingPort, List<Address> seeds, Map<String, Object> more) {
    Map<String, Object> values = new HashMap<>(more);
    values.put("pekko.remote.artery.canonical.hostname", host);
    values.put("pekko.remote.artery.canonical.port", remotingPort);
    values.put("pekko.cluster.seed-nodes", seeds.stream().map(Address::asSeed).toList());
    return ConfigFactory.parseMap(values, "cluster file");
  }
}
