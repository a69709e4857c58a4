package cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Print a completion script for bash and zsh: source <(granary completion)")
final class CompletionCommand implements Callable<Integer> {
  private final Services services;

  CompletionCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() {
    services.console().out().println(AutoComplete.bash("granary", Commands.tree(services)));
    return ExitCode.OK;
  }
}
