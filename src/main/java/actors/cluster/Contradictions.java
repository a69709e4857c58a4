package actors.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What no single key shows: two nodes in one place, settings that exclude one another. */
final class Contradictions {
  private Contradictions() {}

  static void check(ClusterFile file) {
    List<NodeEntry> nodes = List.copyOf(file.nodes().values());
    nodes.forEach(Contradictions::checkReachable);
    checkPorts(nodes);
    checkDirectories(nodes);
    checkReplication(file);
  }

  private static void checkReachable(NodeEntry node) {
    if (isWildcard(node.advertisedHost())) {
      throw ConfigMistake.at(
          node.origin(),
          "node %d listens on every address (\"%s\" = %s), so \"%s\" must say which one clients"
              + " use",
          node.id(),
          ClusterKeys.HOST,
          node.host(),
          ClusterKeys.ADVERTISED_HOST);
    }
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  private static void checkPorts(List<NodeEntry> nodes) {
    Map<String, String> takenBy = new TreeMap<>();
    for (NodeEntry node : nodes) {
      node.ports()
          .byKey()
          .forEach(
              (key, port) -> {
                String user = "node " + node.id() + "'s " + key;
                String other = takenBy.put(node.host() + ":" + port, user);
                if (other != null) {
                  throw ConfigMistake.at(
                      node.origin(), "%s and %s are both %s:%d", other, user, node.host(), port);
                }
              });
    }
  }

  private static void checkDirectories(List<NodeEntry> nodes) {
    List<NodeEntry> seen = new ArrayList<>();
    for (NodeEntry node : nodes) {
      for (NodeEntry other : seen) {
        if (node.host().equals(other.host())
            && overlap(node.dataDirectory(), other.dataDirectory())) {
          throw ConfigMistake.at(
              node.origin(),
              "the data directories of nodes %d and %d overlap: %s and %s",
              other.id(),
              node.id(),
              other.dataDirectory(),
              node.dataDirectory());
        }
      }
      seen.add(node);
    }
  }

  private static boolean overlap(Path one, Path other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  private static void checkReplication(ClusterFile file) {
    int replicas = whole(file, "default.replication.factor", 1);
    int minInSync = whole(file, "min.insync.replicas", 1);
    if (replicas > file.nodes().size()) {
      throw new ConfigMistake(
          String.format(
              "%s: \"default.replication.factor\" is %d, but there are only %d nodes",
              file.path(), replicas, file.nodes().size()));
    }
    if (minInSync > replicas) {
      throw new ConfigMistake(
          String.format(
              "%s: \"min.insync.replicas\" is %d, but \"default.replication.factor\" only %d, so no"
                  + " write could ever be acknowledged",
              file.path(), minInSync, replicas));
    }
  }

  private static int whole(ClusterFile file, String setting, int otherwise) {
    String text = file.settings().get(setting);
    if (text == null) {
      return otherwise;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new ConfigMistake(
          file.path() + ": \"" + setting + "\" is " + text + "; it must be a whole number");
    }
  }
}
