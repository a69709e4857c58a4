package cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show brokers, controller, journal quorum, and partitions that lack something.",
    footer = {"", "Exit status 1 if a partition has no leader."})
final class ClusterStatusCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Mixin private ClientOptions client;

  ClusterStatusCommand(Services services) {
    this.console = services.console();
  }

  /** What the partitions lack, each as {@code topic-partition}. */
  private record Partitions(
      int count,
      Map<Integer, Integer> led,
      List<String> underReplicated,
      List<String> leaderless) {}

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    try (Admin admin = client.admin(console)) {
      DescribeClusterResult cluster = admin.describeCluster();
      Collection<Node> brokers = Topics.await(cluster.nodes());
      int controller = Topics.await(cluster.controller()).id();
      Topics topics = new Topics(admin);
      Partitions partitions = partitions(topics.describe(topics.names()));
      QuorumInfo quorum = Topics.await(admin.describeMetadataQuorum().quorumInfo());
      if (json) {
        Json.line(
            console.out(),
            document(Topics.await(cluster.clusterId()), brokers, controller, quorum, partitions));
      } else {
        show(Topics.await(cluster.clusterId()), brokers, controller, quorum, partitions);
      }
      return partitions.leaderless().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private static Partitions partitions(Map<String, TopicDescription> topics) {
    int count = 0;
    Map<Integer, Integer> led = new LinkedHashMap<>();
    List<String> underReplicated = new ArrayList<>();
    List<String> leaderless = new ArrayList<>();
    for (TopicDescription topic : topics.values()) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        count++;
        String name = topic.name() + "-" + partition.partition();
        if (partition.leader() == null || partition.leader().isEmpty()) {
          leaderless.add(name);
        } else {
          led.merge(partition.leader().id(), 1, Integer::sum);
        }
        if (partition.isr().size() < partition.replicas().size()) {
          underReplicated.add(name);
        }
      }
    }
    return new Partitions(count, led, underReplicated, leaderless);
  }

  private void show(
      String clusterId,
      Collection<Node> brokers,
      int controller,
      QuorumInfo quorum,
      Partitions partitions) {
    console.out().printf("cluster %s%n", clusterId);
    Table table = new Table("BROKER", "ADDRESS", "RACK", "LEADS", "");
    for (Node broker : brokers) {
      table.row(
          broker.id(),
          broker.host() + ":" + broker.port(),
          broker.rack() == null ? "" : broker.rack(),
          partitions.led().getOrDefault(broker.id(), 0),
          broker.id() == controller ? "controller" : "");
    }
    table.print(console.out(), "  ");
    console
        .out()
        .printf(
            "journal: voters %s, led by %d in term %d%n",
            voters(quorum).stream().map(String::valueOf).collect(Collectors.joining(", ")),
            quorum.leaderId(),
            quorum.leaderEpoch());
    console.out().printf("partitions: %d%n", partitions.count());
    console.out().printf("  under-replicated: %s%n", list(partitions.underReplicated()));
    console.out().printf("  without a leader: %s%n", list(partitions.leaderless()));
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "none" : names.size() + ": " + String.join(" ", names);
  }

  private static List<Integer> voters(QuorumInfo quorum) {
    return quorum.voters().stream().map(QuorumInfo.ReplicaState::replicaId).sorted().toList();
  }

  private static Map<String, Object> document(
      String clusterId,
      Collection<Node> brokers,
      int controller,
      QuorumInfo quorum,
      Partitions partitions) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("cluster", clusterId);
    document.put("controller", controller);
    document.put(
        "brokers",
        brokers.stream()
            .map(
                broker -> {
                  Map<String, Object> each = new LinkedHashMap<>();
                  each.put("id", broker.id());
                  each.put("address", broker.host() + ":" + broker.port());
                  each.put("rack", broker.rack());
                  each.put("leads", partitions.led().getOrDefault(broker.id(), 0));
                  return each;
                })
            .toList());
    Map<String, Object> journal = new LinkedHashMap<>();
    journal.put("leader", quorum.leaderId());
    journal.put("term", quorum.leaderEpoch());
    journal.put("voters", voters(quorum));
    document.put("journal", journal);
    document.put("partitions", partitions.count());
    document.put("underReplicated", partitions.underReplicated());
    document.put("leaderless", partitions.leaderless());
    return document;
  }
}
