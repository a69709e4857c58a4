package cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(start | status | stop)",
    description = "Run all nodes of a cluster file on this machine, to try a cluster out.")
final class ClusterCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  static void addTo(CommandLine line, Services services) {
    line.addSubcommand(new ClusterStartCommand(services))
        .addSubcommand(new ClusterStatusCommand(services))
        .addSubcommand(new ClusterStopCommand(services));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which one: start, status or stop?");
  }
}
