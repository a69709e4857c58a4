package cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "topic",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(create | list | describe | delete)",
    description = "Create, list, describe and delete topics.")
final class TopicCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  static void addTo(CommandLine line, Services services) {
    line.addSubcommand(new TopicCreateCommand(services))
        .addSubcommand(new TopicListCommand(services))
        .addSubcommand(new TopicDescribeCommand(services))
        .addSubcommand(new TopicDeleteCommand(services));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which one: create, list, describe or delete?");
  }
}
