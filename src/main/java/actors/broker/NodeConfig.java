package actors.broker;

import actors.controller.BrokerRole;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a node's actor systems and journal. A program that holds the node may have
 * an actor system of its own, and what it says of that in its {@code application.conf} is not meant
 * for ours: of that file only the section {@code granary} counts.
 */
final class NodeConfig {
  private static final String NODE_CONFIG = "granary-node.conf";

  /** What a node with others around it needs beyond that. */
  private static final String CLUSTER_CONFIG = "granary-cluster.conf";

  private static final String SECTION = "granary";

  /** Not that of the thread: a node may be started, or start anew, on one that knows nothing. */
  private static final ClassLoader CLASSES = NodeConfig.class.getClassLoader();

  private NodeConfig() {}

  static Config of(Config overrides, NodeSettings settings, ClusterLayout layout) {
    Config several =
        layout.isAlone()
            ? ConfigFactory.empty()
            : ConfigFactory.parseResources(CLASSES, CLUSTER_CONFIG);
    return overrides
        .withFallback(ConfigFactory.parseMap(own(settings, layout), "node settings"))
        .withFallback(several)
        .withFallback(ConfigFactory.parseResources(CLASSES, NODE_CONFIG))
        .withFallback(ConfigFactory.defaultOverrides(CLASSES))
        .withFallback(ConfigFactory.load(CLASSES).withOnlyPath(SECTION))
        .withFallback(ConfigFactory.defaultReference(CLASSES));
  }

  private static Map<String, Object> own(NodeSettings settings, ClusterLayout layout) {
    Map<String, Object> own = new HashMap<>();
    ClusterLayout.Place place = layout.nodes().get(layout.self());
    own.put("pekko.remote.artery.canonical.hostname", place.host());
    own.put("pekko.remote.artery.canonical.port", place.port());
    own.put("pekko.remote.artery.bind.hostname", settings.host());
    own.put("pekko.cluster.roles", roles(layout));
    own.put("granary.journal.directory", settings.journalDirectory().toString());
    own.put("granary.journal.node-id", Integer.toString(layout.self()));
    own.put(
        "granary.journal.voters",
        layout.voters().stream().map(voter -> Integer.toString(voter)).toList());
    return own;
  }

  private static List<String> roles(ClusterLayout layout) {
    List<String> roles = new ArrayList<>(List.of(BrokerRole.of(layout.self())));
    if (layout.isVoter()) {
      roles.add(BrokerRole.VOTER);
    }
    return roles;
  }
}
