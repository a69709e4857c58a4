package cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Show the members of groups, what each reads, and how far behind it is.")
final class GroupDescribeCommand implements Callable<Integer> {
  private static final long UNKNOWN = -1;

  private final Console console;

  @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Groups.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "One JSON object a group.")
  private boolean json;

  @Mixin private ClientOptions client;

  GroupDescribeCommand(Services services) {
    this.console = services.console();
  }

  /**
   * One partition that the group reads or has an offset of.
   *
   * @param committed -1: nothing
   * @param member empty: nobody reads it
   */
  private record Row(TopicPartition partition, long committed, long end, String member) {
    String lag() {
      return committed < 0 || end < 0 ? "-" : Long.toString(Math.max(0, end - committed));
    }

    Map<String, Object> document() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("topic", partition.topic());
      document.put("partition", partition.partition());
      document.put("committed", committed);
      document.put("end", end);
      document.put("lag", committed < 0 || end < 0 ? UNKNOWN : Math.max(0, end - committed));
      document.put("member", member);
      return document;
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = client.admin(console)) {
      Groups groups = new Groups(admin);
      for (String name : names) {
        ConsumerGroupDescription group = groups.describe(name);
        show(group, rows(admin, group, groups.committed(name)));
      }
    }
    return ExitCode.OK;
  }

  private static List<Row> rows(
      Admin admin, ConsumerGroupDescription group, Map<TopicPartition, OffsetAndMetadata> committed)
      throws InterruptedException {
    Map<TopicPartition, String> readers = new TreeMap<>(Groups.IN_ORDER);
    for (MemberDescription member : group.members()) {
      member
          .assignment()
          .topicPartitions()
          .forEach(partition -> readers.put(partition, member.consumerId()));
    }
    TreeSet<TopicPartition> all = new TreeSet<>(Groups.IN_ORDER);
    all.addAll(readers.keySet());
    all.addAll(committed.keySet());
    Map<TopicPartition, Long> ends = new Topics(admin).offsets(all, OffsetSpec.latest());
    List<Row> rows = new ArrayList<>();
    for (TopicPartition partition : all) {
      OffsetAndMetadata offset = committed.get(partition);
      rows.add(
          new Row(
              partition,
              offset == null ? UNKNOWN : offset.offset(),
              ends.getOrDefault(partition, UNKNOWN),
              readers.getOrDefault(partition, "")));
    }
    return rows;
  }

  private void show(ConsumerGroupDescription group, List<Row> rows) {
    if (json) {
      Json.line(console.out(), document(group, rows));
      return;
    }
    console
        .out()
        .printf(
            "%s  %s, %s, coordinated by broker %d%n",
            group.groupId(), group.type(), group.groupState(), group.coordinator().id());
    if (!group.members().isEmpty()) {
      Table members = new Table("MEMBER", "CLIENT", "HOST", "PARTITIONS");
      for (MemberDescription member : group.members()) {
        members.row(member.consumerId(), member.clientId(), member.host(), partitions(member));
      }
      members.print(console.out(), "  ");
    }
    if (!rows.isEmpty()) {
      Table offsets = new Table("TOPIC", "PARTITION", "COMMITTED", "END", "LAG", "MEMBER");
      for (Row row : rows) {
        offsets.row(
            row.partition().topic(),
            row.partition().partition(),
            row.committed() < 0 ? "-" : row.committed(),
            row.end(),
            row.lag(),
            row.member().isEmpty() ? "-" : row.member());
      }
      offsets.print(console.out(), "  ");
    }
  }

  private static String partitions(MemberDescription member) {
    return member.assignment().topicPartitions().stream()
        .sorted(Groups.IN_ORDER)
        .map(TopicPartition::toString)
        .collect(Collectors.joining(","));
  }

  private static Map<String, Object> document(ConsumerGroupDescription group, List<Row> rows) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("group", group.groupId());
    document.put("protocol", group.type().toString());
    document.put("state", group.groupState().toString());
    document.put("assignor", group.partitionAssignor());
    document.put("coordinator", group.coordinator().id());
    document.put(
        "members",
        group.members().stream()
            .map(
                member -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("member", member.consumerId());
                  one.put("instance", member.groupInstanceId().orElse(""));
                  one.put("client", member.clientId());
                  one.put("host", member.host());
                  one.put("partitions", member.assignment().topicPartitions().size());
                  return one;
                })
            .toList());
    document.put("partitions", rows.stream().map(Row::document).toList());
    return document;
  }
}
