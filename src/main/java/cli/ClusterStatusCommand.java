package cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Show brokers, controller, journal quorum, and partitions that lack something.",
    footer = {
      "",
      "Exit status 1 if a broker does not answer, the journal has no leader, or a partition has none;"
          + " 3 if no broker answers at all."
    })
final class ClusterStatusCommand implements Callable<Integer> {
  /** For a broker to answer: one that hangs must not keep the rest from being shown. */
  private static final int PATIENCE_MILLIS_MAX = 5_000;

  private final Console console;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  @Mixin private ClientOptions client;

  ClusterStatusCommand(Services services) {
    this.console = services.console();
  }

  @Override
  public Integer call() throws IOException {
    List<InetSocketAddress> bootstrap =
        Arrays.stream(client.addresses(console).split(",", -1))
            .map(ClientOptions::address)
            .toList();
    Duration patience = Duration.ofMillis(Math.min(client.timeoutMillis(), PATIENCE_MILLIS_MAX));
    try (BrokerAnswers answers = new BrokerAnswers(patience)) {
      answers.ask(bootstrap);
      BrokerAnswers.View newest =
          answers.newest().orElseThrow(() -> nobodyAnswers(answers.silent()));
      ClusterStatus status =
          ClusterStatus.of(
              newest.cluster(),
              newest.quorum().orElseGet(ClusterStatusCommand::noVoter),
              newest.topics(),
              answers.silent());
      if (json) {
        Json.line(console.out(), status.document());
      } else {
        status.print(console.out());
      }
      return status.isWhole() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  /** No broker that answers keeps the journal. */
  private static DescribeQuorumResponseData.PartitionData noVoter() {
    return new DescribeQuorumResponseData.PartitionData().setLeaderId(-1).setLeaderEpoch(-1);
  }

  private static CommandFailure nobodyAnswers(Map<String, String> silent) {
    return new CommandFailure(
        ExitCode.UNREACHABLE,
        "no broker answers: "
            + silent.entrySet().stream()
                .map(each -> each.getKey() + " (" + each.getValue() + ")")
                .collect(Collectors.joining(", ")));
  }
}
