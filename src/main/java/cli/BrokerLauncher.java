package cli;

import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.util.concurrent.CompletionStage;

/** Starts a broker in this process. The port through which the commands reach the other rooms. */
interface BrokerLauncher {
  /**
   * Completes when the broker is registered and its listener takes requests.
   *
   * @param overrides what differs from the packaged configuration: the nodes of the cluster,
   *     without which the broker is one by itself
   */
  CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings);
}
