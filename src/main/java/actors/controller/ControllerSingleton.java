package actors.controller;

import actors.config.BrokerConfigs;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * Runs the controller on the oldest broker of the cluster. That there is only one is a matter of
 * quickness here, not of safety: the journal refuses the one too many. So the next oldest may take
 * over as soon as the last host is downed, and is found by frequent asking.
 */
public final class ControllerSingleton {
  private static final String NAME = "controller";

  /**
   * Laid over {@code pekko.cluster}. Hand-over is asked for every 100 ms, for 15 s as before; the
   * proxies ask where the controller is every 50 ms until they know.
   */
  private static final Config QUICK =
      ConfigFactory.parseMap(
          Map.of(
              "singleton.hand-over-retry-interval", "100ms",
              "singleton.min-number-of-hand-over-retries", 150,
              "singleton-proxy.singleton-identification-interval", "50ms"));

  private ControllerSingleton() {}

  /**
   * Makes this node a candidate.
   *
   * @param brokerId of this node
   * @return the controller, wherever it runs; messages wait (bounded) while there is none
   */
  public static ActorRef<Controller.Command> start(
      ActorSystem<?> system, int brokerId, BrokerConfigs brokerConfigs) {
    return ClusterSingleton.get(system)
        .init(
            SingletonActor.of(
                    Controller.create(brokerId, brokerConfigs, Randomness.ofSystem()), NAME)
                .withSettings(settings(system)));
  }

  /**
   * No margin between the last host's removal and our start: it would give that host time to stop,
   * which only matters where nothing else keeps two from writing. (Zero would mean the downing
   * provider's margin.)
   */
  private static ClusterSingletonSettings settings(ActorSystem<?> system) {
    Config cluster = system.settings().config().getConfig("pekko.cluster");
    return ClusterSingletonSettings.fromConfig(QUICK.withFallback(cluster))
        .withRemovalMargin(Duration.ofMillis(1));
  }
}
