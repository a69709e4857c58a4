package cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

@Command(
    name = "log",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(dump)",
    description = "Look into the files of a partition.")
final class LogCommand implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "which one: dump?");
  }
}
