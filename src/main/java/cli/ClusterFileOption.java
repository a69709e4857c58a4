package cli;

import cli.cluster.ClusterFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which cluster a command is about. */
final class ClusterFileOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The cluster file. Default: ./cluster.conf, else the one that came along.")
  private Path config;

  ClusterFile read(Console console) {
    return ClusterFile.read(
        Optional.ofNullable(config).orElseGet(() -> NodeChoice.defaultFile(console)));
  }

  /** All nodes, or those that were asked for. */
  static List<NodeProcess> processes(ClusterFile file, List<Integer> wanted) {
    List<Integer> ids = wanted.isEmpty() ? List.copyOf(file.nodes().keySet()) : wanted;
    return ids.stream().map(id -> new NodeProcess(file.node(id))).toList();
  }
}
