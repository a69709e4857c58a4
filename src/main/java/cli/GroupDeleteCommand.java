package cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Delete groups without members, and their offsets.")
final class GroupDeleteCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "GROUP", arity = "1..*", description = "Groups.")
  private List<String> names = List.of();

  @Option(names = "--json", description = "One JSON object a group.")
  private boolean json;

  @Mixin private ClientOptions client;

  GroupDeleteCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    int exitCode = ExitCode.OK;
    try (Admin admin = client.admin(console)) {
      for (Map.Entry<String, KafkaFuture<Void>> group :
          admin.deleteConsumerGroups(names).deletedGroups().entrySet()) {
        try {
          Groups.await(group.getKey(), group.getValue());
          answer(group.getKey());
        } catch (CommandFailure failure) {
          // The other groups are deleted all the same; the last failure gives the status.
          console.say("granary: %s", failure.getMessage());
          exitCode = failure.exitCode();
        }
      }
    }
    return exitCode;
  }

  private void answer(String group) {
    if (json) {
      Json.line(console.out(), Map.of("group", group, "outcome", "deleted"));
    } else {
      console.out().println("deleted group " + group);
    }
  }
}
