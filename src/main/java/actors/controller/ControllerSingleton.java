package actors.controller;

import actors.config.BrokerConfigs;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * Runs the controller on the oldest broker of the cluster that keeps the journal. That there is
 * only one is a matter of quickness here, not of safety: the journal refuses the one too many. How
 * often hand-over and the controller's whereabouts are asked for is in {@code
 * pekko.cluster.singleton} and {@code pekko.cluster.singleton-proxy}.
 */
public final class ControllerSingleton {
  private static final String NAME = "controller";

  /**
   * Between the last host's removal and our start. It would give that host time to stop, which only
   * matters where nothing else keeps two from writing. (Zero would mean the downing provider's own,
   * which is as long as the cluster takes to down a node.)
   */
  private static final Duration NO_MARGIN = Duration.ofMillis(1);

  private ControllerSingleton() {}

  /**
   * Makes this node a candidate.
   *
   * @param brokerId of this node, whose cluster role is {@link BrokerRole#of}
   * @return the controller, wherever it runs; messages wait (bounded) while there is none
   */
  public static ActorRef<Controller.Command> start(
      ActorSystem<?> system, int brokerId, BrokerConfigs brokerConfigs) {
    ActorRef<Controller.Command> proxy =
        ClusterSingleton.get(system)
            .init(
                SingletonActor.of(watchingMembers(brokerId, brokerConfigs), NAME)
                    .withSettings(
                        ClusterSingletonSettings.create(system)
                            .withRole(BrokerRole.VOTER)
                            .withRemovalMargin(NO_MARGIN)));
    return system.systemActorOf(
        ControllerGateway.create(proxy), "controller-gateway", Props.empty());
  }

  private static Behavior<Controller.Command> watchingMembers(
      int brokerId, BrokerConfigs brokerConfigs) {
    return Behaviors.setup(
        context -> {
          context.spawn(MembershipWatch.create(context.getSelf()), "membership-watch");
          return Controller.create(brokerId, brokerConfigs, Randomness.ofSystem());
        });
  }
}
