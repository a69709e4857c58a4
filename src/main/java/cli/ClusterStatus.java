package cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;

/**
 * How a cluster is, by the newest answer that a broker gave.
 *
 * @param controller broker id
 * @param silent why there was no answer, by address
 */
record ClusterStatus(
    String clusterId,
    int controller,
    List<Broker> brokers,
    Journal journal,
    Partitions partitions,
    Map<String, String> silent) {

  /**
   * @param fenced known, but not trusted to lead or to be in sync
   * @param leads so many partitions
   */
  private record Broker(int id, String address, String rack, boolean fenced, int leads) {}

  /**
   * @param leader broker id, or -1
   */
  private record Journal(List<Integer> voters, int leader, int term) {}

  /**
   * What the partitions lack, each as {@code topic-partition}.
   *
   * @param silentLeader their leader did not answer
   */
  private record Partitions(
      int count,
      Map<Integer, Integer> led,
      List<String> underReplicated,
      List<String> leaderless,
      List<String> silentLeader) {}

  static ClusterStatus of(
      DescribeClusterResponseData cluster,
      DescribeQuorumResponseData.PartitionData quorum,
      MetadataResponseData topics,
      Map<String, String> silent) {
    Map<Integer, String> addresses =
        cluster.brokers().stream()
            .collect(
                Collectors.toMap(
                    DescribeClusterResponseData.DescribeClusterBroker::brokerId,
                    broker -> BrokerAnswers.name(broker.host(), broker.port())));
    Partitions partitions = partitions(topics, addresses, silent);
    List<Broker> brokers =
        cluster.brokers().stream()
            .sorted(
                Comparator.comparing(DescribeClusterResponseData.DescribeClusterBroker::brokerId))
            .map(
                broker ->
                    new Broker(
                        broker.brokerId(),
                        addresses.get(broker.brokerId()),
                        broker.rack(),
                        broker.isFenced(),
                        partitions.led().getOrDefault(broker.brokerId(), 0)))
            .toList();
    Journal journal =
        new Journal(
            quorum.currentVoters().stream()
                .map(DescribeQuorumResponseData.ReplicaState::replicaId)
                .sorted()
                .toList(),
            quorum.leaderId(),
            quorum.leaderEpoch());
    return new ClusterStatus(
        cluster.clusterId(), cluster.controllerId(), brokers, journal, partitions, silent);
  }

  private static Partitions partitions(
      MetadataResponseData topics, Map<Integer, String> addresses, Map<String, String> silent) {
    int count = 0;
    Map<Integer, Integer> led = new LinkedHashMap<>();
    List<String> underReplicated = new ArrayList<>();
    List<String> leaderless = new ArrayList<>();
    List<String> silentLeader = new ArrayList<>();
    for (MetadataResponseData.MetadataResponseTopic topic : topics.topics()) {
      for (MetadataResponsePartition partition : topic.partitions()) {
        count++;
        String name = topic.name() + "-" + partition.partitionIndex();
        if (partition.leaderId() < 0) {
          leaderless.add(name);
        } else {
          led.merge(partition.leaderId(), 1, Integer::sum);
          if (silent.containsKey(addresses.getOrDefault(partition.leaderId(), ""))) {
            silentLeader.add(name);
          }
        }
        if (partition.isrNodes().size() < partition.replicaNodes().size()) {
          underReplicated.add(name);
        }
      }
    }
    return new Partitions(count, led, underReplicated, leaderless, silentLeader);
  }

  /** Everybody answered, somebody can decide, and every partition is led. */
  boolean isWhole() {
    return silent.isEmpty() && journal.leader() >= 0 && partitions.leaderless().isEmpty();
  }

  void print(PrintStream out) {
    out.printf("cluster %s%n", clusterId);
    Table table = new Table("BROKER", "ADDRESS", "RACK", "LEADS", "");
    for (Broker broker : brokers) {
      table.row(
          broker.id(),
          broker.address(),
          broker.rack() == null ? "" : broker.rack(),
          broker.leads(),
          remarks(broker));
    }
    table.print(out, "  ");
    out.printf("journal: %s%n", words(journal));
    out.printf("partitions: %d%n", partitions.count());
    out.printf("  under-replicated: %s%n", list(partitions.underReplicated()));
    out.printf("  without a leader: %s%n", list(partitions.leaderless()));
    if (!partitions.silentLeader().isEmpty()) {
      out.printf("  leader does not answer: %s%n", list(partitions.silentLeader()));
    }
    if (!silent.isEmpty()) {
      out.println("no answer from:");
      silent.forEach(
          (address, reason) -> out.printf("  %s%s: %s%n", owner(address), address, reason));
    }
  }

  private String remarks(Broker broker) {
    List<String> remarks = new ArrayList<>();
    if (broker.id() == controller) {
      remarks.add("controller");
    }
    if (broker.fenced()) {
      remarks.add("away");
    }
    if (silent.containsKey(broker.address())) {
      remarks.add("does not answer");
    }
    return String.join(", ", remarks);
  }

  private String words(Journal of) {
    if (of.voters().isEmpty()) {
      return "none of its voters answers";
    }
    String voters = of.voters().stream().map(this::voter).collect(Collectors.joining(", "));
    return of.leader() < 0
        ? "voters %s, led by nobody: nothing can be decided, and the rest is what was known last"
            .formatted(voters)
        : "voters %s, led by %d in term %d".formatted(voters, of.leader(), of.term());
  }

  private String voter(int id) {
    boolean answers =
        brokers.stream()
            .noneMatch(broker -> broker.id() == id && silent.containsKey(broker.address()));
    return answers ? Integer.toString(id) : id + " (does not answer)";
  }

  private String owner(String address) {
    return brokers.stream()
        .filter(broker -> broker.address().equals(address))
        .map(broker -> "broker " + broker.id() + " at ")
        .findFirst()
        .orElse("");
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? "none" : names.size() + ": " + String.join(" ", names);
  }

  /** For JSON. */
  Map<String, Object> document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("cluster", clusterId);
    document.put("controller", controller);
    document.put("brokers", brokers.stream().map(this::document).toList());
    Map<String, Object> journalDocument = new LinkedHashMap<>();
    journalDocument.put("leader", journal.leader());
    journalDocument.put("term", journal.term());
    journalDocument.put("voters", journal.voters());
    document.put("journal", journalDocument);
    document.put("partitions", partitions.count());
    document.put("underReplicated", partitions.underReplicated());
    document.put("leaderless", partitions.leaderless());
    document.put("leaderDoesNotAnswer", partitions.silentLeader());
    document.put("noAnswer", silent);
    return document;
  }

  private Map<String, Object> document(Broker broker) {
    Map<String, Object> each = new LinkedHashMap<>();
    each.put("id", broker.id());
    each.put("address", broker.address());
    each.put("rack", broker.rack());
    each.put("leads", broker.leads());
    each.put("fenced", broker.fenced());
    each.put("answers", !silent.containsKey(broker.address()));
    return each;
  }
}
