package cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root: what every command has. */
@Command(
    name = "granary",
    description = "A distributed, replicated log broker that speaks Kafka's protocol.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {
      "",
      "Exit status: 0 done; 1 the work failed; 2 wrong option or setting; 3 no broker answered;"
          + " 4 no such topic, partition or file.",
      "Environment: GRANARY_BOOTSTRAP, GRANARY_DATA, GRANARY_LOG, GRANARY_DEBUG, GRANARY_HEAP,"
          + " GRANARY_JVM."
    })
final class GranaryCommand implements Runnable {
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  boolean verbose;

  @picocli.CommandLine.Spec picocli.CommandLine.Model.CommandSpec spec;

  @Override
  public void run() {
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(), "which command? (granary --help lists them)");
  }
}
