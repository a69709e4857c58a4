package cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Delete topics and everything in them.")
final class TopicDeleteCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Topics.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "One JSON object a topic.")
  private boolean json;

  @Mixin private ClientOptions client;

  TopicDeleteCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    int exitCode = ExitCode.OK;
    try (Admin admin = client.admin(console)) {
      for (Map.Entry<String, KafkaFuture<Void>> topic :
          admin.deleteTopics(names).topicNameValues().entrySet()) {
        try {
          topic.getValue().get();
          answer(topic.getKey());
        } catch (ExecutionException e) {
          // The other topics are deleted all the same; the last failure gives the status.
          CommandFailure failure =
              e.getCause() instanceof UnknownTopicOrPartitionException
                  ? Topics.noSuchTopic(topic.getKey())
                  : Failures.explain(e.getCause());
          console.say("granary: %s", failure.getMessage());
          exitCode = failure.exitCode();
        }
      }
    }
    return exitCode;
  }

  private void answer(String topic) {
    if (json) {
      Json.line(console.out(), Map.of("topic", topic, "outcome", "deleted"));
    } else {
      console.out().println("deleted topic " + topic);
    }
  }
}
