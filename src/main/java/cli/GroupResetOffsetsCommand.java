package cli;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "reset-offsets",
    mixinStandardHelpOptions = true,
    description =
        "Show where a group without members would go on, and with --execute make it go on there.")
final class GroupResetOffsetsCommand implements Callable<Integer> {
  private static final long NOTHING = -1;

  private final Console console;

  @Parameters(paramLabel = "GROUP", description = "The group.")
  private String group = "";

  @Option(
      names = "--topic",
      paramLabel = "NAME[:PARTITION,...]",
      description =
          "Only this topic, or these partitions of it. Repeatable. Default: all of which"
              + " the group has offsets.")
  private List<String> topics = List.of();

  @Option(
      names = "--to",
      paramLabel = "WHERE",
      required = true,
      description =
          "beginning, end, an offset, @MILLISECONDS, a time such as 2026-01-31T12:00:00Z, or +N or"
              + " -N to shift.")
  private String to = "";

  @Option(names = "--execute", description = "Do it; without it nothing is changed.")
  private boolean execute;

  @Option(names = "--json", description = "One JSON object a partition.")
  private boolean json;

  @Mixin private ClientOptions client;

  GroupResetOffsetsCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    OffsetTarget target = OffsetTarget.parse(to, ZoneId.systemDefault());
    try (Admin admin = client.admin(console)) {
      Groups groups = new Groups(admin);
      Map<TopicPartition, OffsetAndMetadata> before = groups.committed(group);
      List<TopicPartition> partitions = chosen(new Topics(admin), before);
      if (partitions.isEmpty()) {
        throw CommandFailure.notFound(
            "group \"" + group + "\" has no offsets; say which with --topic");
      }
      Map<TopicPartition, Long> after = targets(new Topics(admin), target, partitions, before);
      if (execute) {
        Map<TopicPartition, OffsetAndMetadata> wanted = new TreeMap<>(Groups.IN_ORDER);
        after.forEach((partition, offset) -> wanted.put(partition, new OffsetAndMetadata(offset)));
        Groups.await(group, admin.alterConsumerGroupOffsets(group, wanted).all());
      }
      show(before, after);
    }
    return ExitCode.OK;
  }

  private List<TopicPartition> chosen(Topics all, Map<TopicPartition, OffsetAndMetadata> committed)
      throws InterruptedException {
    if (topics.isEmpty()) {
      return List.copyOf(committed.keySet());
    }
    List<TopicPartition> chosen = new ArrayList<>();
    for (String topic : topics) {
      int colon = topic.indexOf(':');
      List<TopicPartition> ofTopic = all.partitions(colon < 0 ? topic : topic.substring(0, colon));
      if (colon < 0) {
        chosen.addAll(ofTopic);
      } else {
        for (String number : topic.substring(colon + 1).split(",", -1)) {
          chosen.add(partition(ofTopic, topic.substring(0, colon), number));
        }
      }
    }
    return chosen;
  }

  private static TopicPartition partition(List<TopicPartition> all, String topic, String number) {
    return all.stream()
        .filter(partition -> Integer.toString(partition.partition()).equals(number))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailure.notFound(
                    "topic \"%s\" has no partition \"%s\", only 0 to %d"
                        .formatted(topic, number, all.size() - 1)));
  }

  /** Never outside of what the log holds, so that nobody is reset by surprise afterwards. */
  private static Map<TopicPartition, Long> targets(
      Topics topics,
      OffsetTarget target,
      List<TopicPartition> partitions,
      Map<TopicPartition, OffsetAndMetadata> before)
      throws InterruptedException {
    Map<TopicPartition, Long> starts = topics.offsets(partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> ends = topics.offsets(partitions, OffsetSpec.latest());
    Map<TopicPartition, Long> found =
        target instanceof OffsetTarget.Found wanted
            ? topics.offsets(partitions, wanted.spec())
            : Map.of();
    Map<TopicPartition, Long> after = new TreeMap<>(Groups.IN_ORDER);
    for (TopicPartition partition : partitions) {
      OffsetAndMetadata committed = before.get(partition);
      long wanted;
      if (target instanceof OffsetTarget.At at) {
        wanted = at.offset();
      } else if (target instanceof OffsetTarget.Shifted shifted) {
        wanted = (committed == null ? starts.get(partition) : committed.offset()) + shifted.by();
      } else {
        // A time after the last record: the end.
        wanted = found.get(partition) < 0 ? ends.get(partition) : found.get(partition);
      }
      after.put(partition, Math.max(starts.get(partition), Math.min(wanted, ends.get(partition))));
    }
    return after;
  }

  private void show(
      Map<TopicPartition, OffsetAndMetadata> before, Map<TopicPartition, Long> after) {
    Table table = new Table("TOPIC", "PARTITION", "BEFORE", execute ? "NOW" : "WOULD BE");
    after.forEach(
        (partition, offset) -> {
          OffsetAndMetadata committed = before.get(partition);
          if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("topic", partition.topic());
            document.put("partition", partition.partition());
            document.put("before", committed == null ? NOTHING : committed.offset());
            document.put("after", offset);
            document.put("done", execute);
            Json.line(console.out(), document);
          } else {
            table.row(
                partition.topic(),
                partition.partition(),
                committed == null ? "-" : committed.offset(),
                offset);
          }
        });
    if (!json) {
      table.print(console.out(), "");
    }
    if (!execute) {
      console.say("nothing was changed; do it with --execute");
    }
  }
}
