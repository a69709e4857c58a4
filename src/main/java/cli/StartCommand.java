package cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "start",
    mixinStandardHelpOptions = true,
    description = "Start one broker and run until Ctrl-C.",
    footer = {
      "",
      "Without --node and --config, broker 1 starts on 127.0.0.1 as a cluster of its own, with its"
          + " data in $GRANARY_DATA, else ./data."
    })
final class StartCommand implements Callable<Integer> {
  private final Services services;

  @Option(
      names = "--node",
      paramLabel = "ID",
      description =
          "The node of the cluster file to be. Reads ./cluster.conf if --config is not given.")
  private Integer node;

  @Option(names = "--config", paramLabel = "FILE", description = "The cluster file.")
  private Path config;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Data directory, instead of the one in the cluster file or the default.")
  private Path data;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port for Kafka clients; only without a cluster file. Default: 9092.")
  private Integer port;

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description =
          "Port for gRPC clients; only without a cluster file. Without it they are not served.")
  private Integer grpcPort;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A broker setting by Kafka's name; wins over the cluster file. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  StartCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() {
    return Foreground.run(
        services,
        new NodeChoice(
            Optional.ofNullable(node),
            Optional.ofNullable(config),
            Optional.ofNullable(data),
            Optional.ofNullable(port).map(given -> checkedPort("--port", given)),
            Optional.ofNullable(grpcPort).map(given -> checkedPort("--grpc-port", given)),
            settings));
  }

  static int checkedPort(String option, int port) {
    if (!Ports.isValid(port)) {
      throw CommandFailure.usage(option + " must be from 1 to 65535");
    }
    return port;
  }
}
