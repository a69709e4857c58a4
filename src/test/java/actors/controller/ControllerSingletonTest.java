package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.config.BrokerConfigs;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The controller as a product starts it: a real cluster of one node on loopback. */
class ControllerSingletonTest {
  private final ActorTestKit kit =
      ActorTestKit.create(
          "ControllerSingletonTest",
          ConfigFactory.parseString(
                  """
                  pekko.actor.provider = cluster
                  pekko.actor.allow-java-serialization = off
                  pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
                  pekko.cluster.jmx.enabled = off
                  """)
              .withFallback(EventSourcedBehaviorTestKit.config())
              .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
              .withFallback(ConfigFactory.load()));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void answersThroughItsProxyOnceTheNodeIsUp() {
    ActorRef<Controller.Command> controller =
        ControllerSingleton.start(kit.system(), 1, BrokerConfigs.DEFAULTS);
    TestProbe<Controller.ImageChanged> images = kit.createTestProbe();

    controller.tell(new Controller.Subscribe(images.getRef()));
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));

    assertThat(images.receiveMessage(Duration.ofSeconds(10)).image().controllerId()).isEqualTo(1);
  }
}
