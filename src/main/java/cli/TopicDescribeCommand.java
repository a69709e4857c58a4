package cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Show partitions, leaders, replicas with their offsets and lag, and settings.")
final class TopicDescribeCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "Topics; none means all.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "One JSON object a topic.")
  private boolean json;

  @Mixin private ClientOptions client;

  TopicDescribeCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = client.admin(console);
        LeaderQuestions leaders = new LeaderQuestions()) {
      Topics topics = new Topics(admin);
      for (TopicDescription topic :
          topics.describe(names.isEmpty() ? topics.names() : names).values()) {
        List<TopicPartition> led =
            topic.partitions().stream()
                .filter(PartitionRow::hasLeader)
                .map(partition -> new TopicPartition(topic.name(), partition.partition()))
                .toList();
        Map<TopicPartition, Long> starts = topics.offsets(led, OffsetSpec.earliest());
        Map<TopicPartition, ListOffsetsResultInfo> ends = topics.found(led, OffsetSpec.latest());
        show(
            topic, ownSettings(admin, topic.name()), rows(topic, starts, ends, leaders.ask(topic)));
      }
    }
    return ExitCode.OK;
  }

  /** The end of a partition is answered by its leader, which says its epoch with it. */
  private static List<PartitionRow> rows(
      TopicDescription topic,
      Map<TopicPartition, Long> starts,
      Map<TopicPartition, ListOffsetsResultInfo> ends,
      Map<Integer, PartitionProgress> progress) {
    List<PartitionRow> rows = new ArrayList<>();
    for (TopicPartitionInfo info : topic.partitions()) {
      TopicPartition partition = new TopicPartition(topic.name(), info.partition());
      ListOffsetsResultInfo end = ends.get(partition);
      rows.add(
          PartitionRow.of(
              info,
              end == null ? -1 : end.leaderEpoch().orElse(-1),
              starts.getOrDefault(partition, -1L),
              end == null ? -1 : end.offset(),
              Optional.ofNullable(progress.get(info.partition()))));
    }
    return rows;
  }

  private void show(TopicDescription topic, Map<String, String> settings, List<PartitionRow> rows) {
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("topic", topic.name());
      document.put("id", topic.topicId());
      document.put("settings", settings);
      document.put("partitions", rows.stream().map(PartitionRow::document).toList());
      Json.line(console.out(), document);
      return;
    }
    console.out().printf("%s  id %s%n", topic.name(), topic.topicId());
    settings.forEach((key, value) -> console.out().printf("  %s = %s%n", key, value));
    Table table = PartitionRow.table();
    rows.forEach(row -> row.addTo(table));
    table.print(console.out(), "  ");
    Table replicas = ReplicaRow.table();
    rows.forEach(row -> row.states().forEach(state -> state.addTo(replicas)));
    replicas.print(console.out(), "  ");
  }

  /** What was set on the topic itself, without what it has from the broker. */
  private static Map<String, String> ownSettings(Admin admin, String topic)
      throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return Topics.await(admin.describeConfigs(List.of(resource)).all())
        .get(resource)
        .entries()
        .stream()
        .filter(entry -> entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG)
        .collect(
            Collectors.toMap(
                ConfigEntry::name, ConfigEntry::value, (one, other) -> one, TreeMap::new));
  }
}
