package cli;

import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.util.concurrent.CompletionStage;

/** Starts a broker in this process. The port through which the commands reach the other rooms. */
interface BrokerLauncher {
  /**
   * Completes when the broker is registered and its listener takes requests.
   *
   * @param overrides what differs from the packaged configuration: remoting address, seed nodes; no
   *     seed nodes means that the broker is a cluster by itself
   */
  CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings);
}
