package cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", mixinStandardHelpOptions = true, description = "List the groups.")
final class GroupListCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--json", description = "One JSON object a group.")
  private boolean json;

  @Mixin private ClientOptions client;

  GroupListCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    try (Admin admin = client.admin(console)) {
      List<GroupListing> groups =
          Topics.await(admin.listGroups().all()).stream()
              .sorted(Comparator.comparing(GroupListing::groupId))
              .toList();
      if (json) {
        groups.forEach(group -> Json.line(console.out(), document(group)));
      } else if (groups.isEmpty()) {
        console.say("there are no groups");
      } else {
        Table table = new Table("GROUP", "STATE", "PROTOCOL");
        groups.forEach(group -> table.row(group.groupId(), state(group), protocol(group)));
        table.print(console.out(), "");
      }
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> document(GroupListing group) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("group", group.groupId());
    document.put("state", state(group));
    document.put("protocol", protocol(group));
    return document;
  }

  private static String state(GroupListing group) {
    return group.groupState().map(GroupState::toString).orElse("-");
  }

  private static String protocol(GroupListing group) {
    return group.type().map(GroupType::toString).orElse("-");
  }
}
