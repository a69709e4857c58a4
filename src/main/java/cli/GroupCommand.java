package cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "group",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | describe | reset-offsets | delete)",
    description = "Look at consumer groups, move their offsets, delete them.")
final class GroupCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  static void addTo(CommandLine line, Services services) {
    line.addSubcommand(new GroupListCommand(services))
        .addSubcommand(new GroupDescribeCommand(services))
        .addSubcommand(new GroupResetOffsetsCommand(services))
        .addSubcommand(new GroupDeleteCommand(services));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which one: list, describe, reset-offsets or delete?");
  }
}
