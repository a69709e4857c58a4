package cli;

import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The broker of this program: its node and its Kafka listener. */
final class EmbeddedBroker implements BrokerLauncher {
  @Override
  public CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings) {
    return CompletableFuture.failedFuture(
        CommandFailure.failed("this build holds no broker to start"));
  }
}
