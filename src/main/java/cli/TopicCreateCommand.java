package cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Create a topic.")
final class TopicCreateCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "NAME", description = "Name of the topic.")
  private String name;

  @Option(
      names = {"-p", "--partitions"},
      paramLabel = "N",
      description = "How many partitions. Default: the broker's num.partitions.")
  private Integer partitions;

  @Option(
      names = {"-r", "--replication-factor"},
      paramLabel = "N",
      description = "How many replicas of each. Default: the broker's default.replication.factor.")
  private Short replicationFactor;

  @Option(
      names = {"-c", "--set"},
      paramLabel = "KEY=VALUE",
      description = "A topic setting by Kafka's name, such as retention.ms=60000. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(names = "--if-not-exists", description = "Succeed if the topic is there already.")
  private boolean ifNotExists;

  @Option(names = "--json", description = "Answer as JSON.")
  private boolean json;

  @Mixin private ClientOptions client;

  TopicCreateCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    NewTopic topic =
        new NewTopic(name, Optional.ofNullable(partitions), Optional.ofNullable(replicationFactor))
            .configs(settings);
    try (Admin admin = client.admin(console)) {
      CreateTopicsResult result = admin.createTopics(List.of(topic));
      try {
        result.all().get();
      } catch (ExecutionException e) {
        if (!(ifNotExists && e.getCause() instanceof TopicExistsException)) {
          throw Failures.explain(e.getCause());
        }
        answer("exists", -1, "topic " + name + " is there already");
        return ExitCode.OK;
      }
      int count = Topics.await(result.numPartitions(name));
      answer("created", count, "created topic " + name + " with " + count + " partition(s)");
      return ExitCode.OK;
    }
  }

  private void answer(String outcome, int count, String sentence) {
    if (!json) {
      console.out().println(sentence);
      return;
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("topic", name);
    document.put("outcome", outcome);
    if (count >= 0) {
      document.put("partitions", count);
    }
    Json.line(console.out(), document);
  }
}
