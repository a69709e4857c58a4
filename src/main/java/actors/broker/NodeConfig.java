package actors.broker;

import actors.controller.BrokerRole;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The configuration of a node's actor systems and journal. */
final class NodeConfig {
  private static final String NODE_CONFIG = "granary-node.conf";

  /** What a node with others around it needs beyond that. */
  private static final String CLUSTER_CONFIG = "granary-cluster.conf";

  private NodeConfig() {}

  static Config of(Config overrides, NodeSettings settings, ClusterLayout layout) {
    Config several =
        layout.isAlone() ? ConfigFactory.empty() : ConfigFactory.parseResources(CLUSTER_CONFIG);
    return overrides
        .withFallback(ConfigFactory.parseMap(own(settings, layout), "node settings"))
        .withFallback(several)
        .withFallback(ConfigFactory.parseResources(NODE_CONFIG))
        .withFallback(ConfigFactory.load());
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
