package cli;

import actors.cluster.ClusterFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which cluster a command is about, and which of its nodes. */
final class ClusterFileOption {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The cluster file. Default: ./cluster.conf, else the one that came along.")
  private Path config;

  @Option(
      names = "--node",
      paramLabel = "ID",
      split = ",",
      description = "Only this node. Repeatable.")
  private List<Integer> nodes = List.of();

  ClusterFile read(Console console) {
    return ClusterFile.read(
        Optional.ofNullable(config).orElseGet(() -> NodeChoice.defaultFile(console)));
  }

  /** All nodes, or those that were asked for. */
  List<NodeProcess> processes(ClusterFile file) {
    List<Integer> ids = nodes.isEmpty() ? List.copyOf(file.nodes().keySet()) : nodes;
    return ids.stream().map(id -> new NodeProcess(file.node(id))).toList();
  }
}
