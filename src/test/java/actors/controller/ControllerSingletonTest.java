package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.Outcome;
import actors.config.BrokerConfigs;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The controller as a product starts it: real cluster nodes on loopback. */
class ControllerSingletonTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ActorTestKit first = node(1);
  private final ActorTestKit second = node(2);
  private final TestProbe<Controller.ImageChanged> images = first.createTestProbe();

  @AfterEach
  void stop() {
    second.shutdownTestKit();
    first.shutdownTestKit();
  }

  @Test
  void answersThroughItsProxyAndFencesABrokerWhoseMemberIsDowned() {
    ActorRef<Controller.Command> controller =
        ControllerSingleton.start(first.system(), 1, BrokerConfigs.DEFAULTS);
    Cluster cluster = Cluster.get(first.system());
    Cluster other = Cluster.get(second.system());
    controller.tell(new Controller.Subscribe(images.getRef()));

    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    assertThat(imageWhere(image -> image.controllerId() == 1).controllerEpoch()).isEqualTo(1);

    other.manager().tell(Join.create(cluster.selfMember().address()));
    register(controller, 2);
    imageWhere(image -> image.isLive(2));

    cluster.manager().tell(new Down(other.selfMember().address()));
    assertThat(imageWhere(image -> !image.isLive(2)).brokers()).containsKey(2);
  }

  /** The broker of the second node is live once that node is a member. */
  private void register(ActorRef<Controller.Command> controller, int brokerId) {
    TestProbe<Outcome<Controller.Registration>> registrations = first.createTestProbe();
    Cluster cluster = Cluster.get(second.system());
    first
        .createTestProbe()
        .awaitAssert(
            PATIENCE,
            () -> {
              assertThat(cluster.selfMember().status().toString()).isEqualTo("Up");
              return cluster;
            });
    controller.tell(
        new Controller.RegisterBroker(
            brokerId, Uuid.ONE_UUID, "", "host", 1, Optional.empty(), registrations.getRef()));
    registrations
        .receiveMessage()
        .fold(
            registration -> {
              controller.tell(
                  new Controller.BrokerReady(
                      brokerId, registration.epoch(), first.system().ignoreRef()));
              return registration;
            },
            refused -> {
              throw new AssertionError(refused.message());
            });
  }

  private ClusterMetadata imageWhere(Predicate<ClusterMetadata> condition) {
    ClusterMetadata image = images.receiveMessage(PATIENCE).image();
    while (!condition.test(image)) {
      image = images.receiveMessage(PATIENCE).image();
    }
    return image;
  }

  private static ActorTestKit node(int brokerId) {
    Config own =
        ConfigFactory.parseString(
            """
            pekko.actor.provider = cluster
            pekko.actor.allow-java-serialization = off
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.cluster.jmx.enabled = off
            pekko.coordinated-shutdown.run-by-actor-system-terminate = off
            pekko.cluster.roles = ["%s", "voter"]
            """
                .formatted(BrokerRole.of(brokerId)));
    return ActorTestKit.create(
        "ControllerSingletonTest",
        own.withFallback(EventSourcedBehaviorTestKit.config())
            .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
            .withFallback(ConfigFactory.load()));
  }
}
