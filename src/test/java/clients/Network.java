package clients;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies between the nodes of a cluster on this machine, to be cut and slowed by link and
 * direction. Each node says that its remoting is where its {@link Door} is, and speaks to others
 * from a loopback address of its own, by which the doors know it.
 */
final class Network implements Closeable {
  /** Node 1 speaks from 127.0.1.1. */
  private static final String ADDRESS_OF = "127.0.1.%d";

  private record Way(int from, int to) {}

  private final Map<Way, Link> links = new HashMap<>();
  private final Map<Integer, Integer> insidePorts = new HashMap<>();
  private final List<Door> doors = new ArrayList<>();

  /**
   * @param outsidePorts where the cluster file says that each node's remoting is
   */
  Network(Map<Integer, Integer> outsidePorts) {
    List<Integer> ports = FreePorts.take(outsidePorts.size());
    for (Map.Entry<Integer, Integer> outside : outsidePorts.entrySet()) {
      int node = outside.getKey();
      int inside = ports.remove(ports.size() - 1);
      insidePorts.put(node, inside);
      outsidePorts.keySet().forEach(other -> links.put(new Way(node, other), new Link()));
      doors.add(new Door(node, outside.getValue(), inside, this));
    }
    doors.forEach(Door::open);
  }

  /** What a node's JVM is told, so that all that it says and hears comes this way. */
  List<String> jvmOptions(int node) {
    return List.of(
        "-Dpekko.remote.artery.bind.hostname=127.0.0.1",
        "-Dpekko.remote.artery.bind.port=" + insidePorts.get(node),
        "-Dpekko.remote.artery.advanced.tcp.outbound-client-hostname="
            + ADDRESS_OF.formatted(node));
  }

  Link link(int from, int to) {
    return links.get(new Way(from, to));
  }

  /** Which node speaks from this address; whoever only looks whether a port is open is nobody. */
  Optional<Integer> nodeAt(InetAddress address) {
    return insidePorts.keySet().stream().filter(node -> address(node).equals(address)).findFirst();
  }

  private static InetAddress address(int node) {
    try {
      return InetAddress.getByName(ADDRESS_OF.formatted(node));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The links from and to a node. */
  List<Link> around(int node) {
    List<Link> around = new ArrayList<>(from(node));
    around.addAll(to(node));
    return around;
  }

  List<Link> from(int node) {
    return others(node).stream().map(other -> link(node, other)).toList();
  }

  List<Link> to(int node) {
    return others(node).stream().map(other -> link(other, node)).toList();
  }

  private List<Integer> others(int node) {
    return insidePorts.keySet().stream().filter(other -> other != node).sorted().toList();
  }

  void mendAll() {
    links.values().forEach(Link::mend);
  }

  @Override
  public void close() {
    mendAll();
    doors.forEach(Door::close);
  }
}
