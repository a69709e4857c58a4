package actors.broker;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import storage.journal.JournalServer;

/** The nodes of one cluster file in this JVM, each in a data directory of its own. */
final class NodesFixture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String LOOPBACK = "127.0.0.1";

  private final Path root;
  private final List<Integer> voters;
  private final Map<Integer, Integer> ports = new TreeMap<>();
  private final Map<Integer, Path> directories = new HashMap<>();
  private final Map<Integer, GranaryNode> running = new TreeMap<>();

  /**
   * @param nodes so many, with ids from 1
   * @param voters the first so many of them keep the journal
   */
  NodesFixture(Path root, int nodes, int voters) {
    this.root = root;
    this.voters = new ArrayList<>();
    List<Integer> free = freePorts(nodes);
    for (int id = 1; id <= nodes; id++) {
      ports.put(id, free.get(id - 1));
      if (id <= voters) {
        this.voters.add(id);
      }
    }
  }

  private static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ConditionFactory await() {
    return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50));
  }

  GranaryNode start(int id) {
    return start(id, file());
  }

  /**
   * @param file the cluster file of this node
   */
  GranaryNode start(int id, Config file) {
    return start(id, file, Edge.none());
  }

  GranaryNode start(int id, Config file, Edge edge) {
    GranaryNode node = GranaryNode.launch(file, settings(id), edge);
    running.put(id, node);
    return node;
  }

  NodeSettings settings(int id) {
    return new NodeSettings(
        id,
        LOOPBACK,
        ports.get(id),
        9_092 + id,
        LOOPBACK,
        Optional.empty(),
        directories.getOrDefault(id, root.resolve("node-" + id)),
        Map.of());
  }

  Config file() {
    return file(Map.of());
  }

  /**
   * @param changes to the section of the cluster
   */
  Config file(Map<String, Object> changes) {
    Map<String, Object> section = new HashMap<>();
    section.put("name", "test");
    section.put("journal-voters", voters);
    section.put(
        "nodes",
        ports.entrySet().stream()
            .map(
                node ->
                    Map.<String, Object>of(
                        "id", node.getKey(), "host", LOOPBACK, "remoting-port", node.getValue()))
            .toList());
    section.putAll(changes);
    // the death of a process says good-bye to nobody
    return ConfigFactory.parseMap(
        Map.of(
            "granary.cluster",
            section,
            "pekko.coordinated-shutdown.run-by-actor-system-terminate",
            "off"));
  }

  /** From now on the node has another data directory. */
  void moveDirectory(int id, String directory) {
    directories.put(id, root.resolve(directory));
  }

  GranaryNode node(int id) {
    return running.get(id);
  }

  JournalServer journal(int id) {
    return node(id).journal().orElseThrow();
  }

  /** Without a word to the others. */
  void kill(int id) {
    running
        .remove(id)
        .kill()
        .toCompletableFuture()
        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  void killAll() {
    for (int id : List.copyOf(running.keySet())) {
      kill(id);
    }
  }

  /** Each of these nodes sees just these nodes, all of them Up, in one cluster. */
  void awaitOneCluster(Integer... ids) {
    Set<Integer> wanted = new TreeSet<>();
    for (int id : ids) {
      wanted.add(ports.get(id));
    }
    for (int id : ids) {
      await()
          .untilAsserted(
              () ->
                  org.assertj.core.api.Assertions.assertThat(portsUpFrom(id))
                      .as("members that node %d sees", id)
                      .isEqualTo(wanted));
    }
  }

  private Set<Integer> portsUpFrom(int id) {
    Cluster cluster = Cluster.get(node(id).system());
    Set<Integer> up = new TreeSet<>();
    for (Member member : cluster.state().getMembers()) {
      boolean isWell =
          member.status().equals(MemberStatus.up())
              && !cluster.state().getUnreachable().contains(member);
      up.add(isWell ? (int) member.address().getPort().get() : -1);
    }
    return up;
  }

  boolean isMember(int id) {
    return !Cluster.get(node(id).system()).selfMember().status().equals(MemberStatus.removed());
  }

  long uid(int id) {
    return Cluster.get(node(id).system()).selfUniqueAddress().longUid();
  }

  int journalLeader() {
    return await()
        .until(
            () ->
                running.keySet().stream()
                    .filter(voters::contains)
                    .filter(id -> journal(id).isLeader())
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /**
   * A voter whose journal has not been filled yet elects nobody, so that whoever takes away another
   * one before that is right to find no leader.
   */
  void awaitFilledJournals() {
    await()
        .until(
            () ->
                running.keySet().stream()
                    .filter(voters::contains)
                    .allMatch(id -> journal(id).status().complete()));
  }

  @Override
  public void close() {
    killAll();
  }
}
