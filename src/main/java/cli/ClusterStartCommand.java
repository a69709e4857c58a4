package cli;

import actors.cluster.ClusterFile;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Start the nodes of the cluster file, each as a process of its own, and wait.")
final class ClusterStartCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterFileOption cluster;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "How long to wait until all of them serve. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  ClusterStartCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ClusterFile file = cluster.read(console);
    NodeFleet fleet = new NodeFleet(console, file, cluster.processes(file));
    long startNanos = System.nanoTime();
    fleet.start();
    fleet.awaitServing(timeoutSeconds);
    console
        .out()
        .printf(
            "Cluster %s: %s serve Kafka clients on %s after %.1f s.%n",
            file.name(), fleet.names(), file.bootstrap(), (System.nanoTime() - startNanos) / 1e9);
    return ExitCode.OK;
  }
}
