package cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", mixinStandardHelpOptions = true, description = "List the topics.")
final class TopicListCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "One JSON object a topic.")
  private boolean json;

  @Mixin private ClientOptions client;

  TopicListCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = client.admin(console)) {
      Topics topics = new Topics(admin);
      List<String> names = topics.names();
      Map<String, TopicDescription> described = topics.describe(names);
      if (json) {
        described.values().forEach(topic -> Json.line(console.out(), document(topic)));
      } else if (names.isEmpty()) {
        console.say("there are no topics; make one with: granary topic create NAME");
      } else {
        Table table = new Table("TOPIC", "PARTITIONS", "REPLICAS");
        described
            .values()
            .forEach(topic -> table.row(topic.name(), topic.partitions().size(), replicas(topic)));
        table.print(console.out(), "");
      }
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> document(TopicDescription topic) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("topic", topic.name());
    document.put("id", topic.topicId());
    document.put("partitions", topic.partitions().size());
    document.put("replicationFactor", replicas(topic));
    return document;
  }

  private static int replicas(TopicDescription topic) {
    return topic.partitions().stream().mapToInt(p -> p.replicas().size()).max().orElse(0);
  }
}
