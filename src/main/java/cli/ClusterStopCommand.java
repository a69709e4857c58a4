package cli;

import actors.cluster.ClusterFile;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Stop the nodes that \"cluster start\" has started, one after the other.")
final class ClusterStopCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterFileOption cluster;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait for each of them. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  ClusterStopCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws InterruptedException {
    ClusterFile file = cluster.read(console);
    NodeFleet fleet = new NodeFleet(console, file, cluster.processes(file));
    return fleet.stop(timeoutSeconds) ? ExitCode.OK : ExitCode.FAILED;
  }
}
