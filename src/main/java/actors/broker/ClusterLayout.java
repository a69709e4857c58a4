package actors.broker;

import com.typesafe.config.Config;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which nodes make the cluster, and which of them keep the metadata journal: the part of the
 * cluster file that all nodes must agree on. Without a file a node is a cluster by itself.
 *
 * @param self id of this node
 * @param voters ids of the nodes that keep the journal
 * @param nodes where each node's remoting is reached, by id; this one among them
 */
record ClusterLayout(
    String name, int self, SortedSet<Integer> voters, SortedMap<Integer, Place> nodes) {
  private static final String SECTION = "granary.cluster";

  /** Where a node's remoting is reached. */
  record Place(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  ClusterLayout {
    voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
    nodes = Collections.unmodifiableSortedMap(new TreeMap<>(nodes));
  }

  /** What the section {@code granary.cluster} says, if there is one. */
  static ClusterLayout of(Config config, NodeSettings settings) {
    int self = settings.brokerId();
    if (!config.hasPath(SECTION + ".nodes")) {
      return alone(settings);
    }
    Config section = config.getConfig(SECTION);
    SortedMap<Integer, Place> nodes = new TreeMap<>();
    for (Config node : section.getConfigList("nodes")) {
      nodes.put(node.getInt("id"), new Place(node.getString("host"), node.getInt("remoting-port")));
    }
    SortedSet<Integer> voters = new TreeSet<>(section.getIntList("journal-voters"));
    return new ClusterLayout(section.getString("name"), self, voters, nodes);
  }

  private static ClusterLayout alone(NodeSettings settings) {
    int self = settings.brokerId();
    return new ClusterLayout(
        "granary",
        self,
        new TreeSet<>(List.of(self)),
        new TreeMap<>(
            Collections.singletonMap(self, new Place(settings.host(), settings.remotingPort()))));
  }

  /** There is nobody else to find. */
  boolean isAlone() {
    return nodes.size() == 1;
  }

  boolean isVoter() {
    return voters.contains(self);
  }

  /** Whether the journal needs to reach other nodes. */
  boolean hasOtherVoters() {
    return isVoter() && voters.size() > 1;
  }

  /** The nodes but this one. */
  SortedMap<Integer, Place> others() {
    SortedMap<Integer, Place> others = new TreeMap<>(nodes);
    others.remove(self);
    return others;
  }

  /** The ids of the voters but this one. */
  List<Integer> otherVoters() {
    return voters.stream().filter(voter -> voter != self).toList();
  }

  /** Whether these nodes, whatever the others do, decide in the journal. */
  boolean isMajority(Set<Integer> ids) {
    return voters.stream().filter(ids::contains).count() * 2 > voters.size();
  }

  /**
   * What all nodes must say alike, as lines. A node that one file has and the other has not is no
   * contradiction: a cluster grows by files with one more node.
   */
  SortedMap<String, String> terms() {
    SortedMap<String, String> terms = new TreeMap<>();
    terms.put("cluster.name", name);
    terms.put("cluster.journal-voters", voters.toString());
    nodes.forEach((id, place) -> terms.put("nodes[id=" + id + "]", place.toString()));
    return terms;
  }

  /** The first key that both sides give and give differently, in a sentence. */
  static Optional<String> contradiction(
      SortedMap<String, String> own, SortedMap<String, String> others) {
    return own.entrySet().stream()
        .filter(term -> others.containsKey(term.getKey()))
        .filter(term -> !term.getValue().equals(others.get(term.getKey())))
        .findFirst()
        .map(
            term ->
                "\""
                    + term.getKey()
                    + "\" is "
                    + term.getValue()
                    + " here and "
                    + others.get(term.getKey())
                    + " there");
  }
}
