package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller on the journal of the product, which lets one writer in at a time. */
class ControllerOnJournalTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir private Path directory;

  private ActorTestKit kit;

  @BeforeEach
  void start() {
    kit =
        ActorTestKit.create(
            "ControllerOnJournalTest",
            ConfigFactory.parseString(
                    """
                    pekko.actor.provider = local
                    pekko.actor.allow-java-serialization = off
                    pekko.persistence.journal.plugin = "granary.journal.events"
                    pekko.persistence.snapshot-store.plugin = "granary.journal.snapshots"
                    """)
                .withFallback(
                    ConfigFactory.parseMap(
                        Map.of("granary.journal.directory", directory.toString())))
                .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
                .withFallback(ConfigFactory.parseResources("granary-journal.conf"))
                .withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void isRefusedOnceAnotherReignsAndThenBeginsFromWhatThatOneWrote() {
    TestProbe<Controller.ImageChanged> images = kit.createTestProbe();
    ActorRef<Controller.Command> stale = controller(1);
    stale.tell(new Controller.Subscribe(images.getRef()));
    assertThat(images.receiveMessage(PATIENCE).image().controllerEpoch()).isEqualTo(1);
    ActorRef<Controller.Command> next = controller(2);
    TestProbe<Outcome<Controller.Registration>> ofNext = register(next, 7);
    assertThat(ofNext.receiveMessage(PATIENCE)).isInstanceOf(Outcome.Accepted.class);

    TestProbe<Outcome<Controller.Registration>> ofStale = register(stale, 8);
    ClusterMetadata image = images.receiveMessage(PATIENCE).image();

    assertThat(image.controllerEpoch()).isEqualTo(3);
    assertThat(image.controllerId()).isEqualTo(1);
    assertThat(image.brokers().keySet()).containsExactly(7);
    ofStale.expectNoMessage(Duration.ZERO);
  }

  @Test
  void recoversBeforeItAnswersWhoKnowsMoreThanItDoes() {
    TestProbe<Controller.ImageChanged> images = kit.createTestProbe();
    ActorRef<Controller.Command> stale = controller(1);
    stale.tell(new Controller.Subscribe(images.getRef()));
    images.receiveMessage(PATIENCE);
    BrokerEpoch epoch = registered(controller(2), 7);
    TestProbe<Outcome<BrokerEpoch>> answers = kit.createTestProbe();

    stale.tell(new Controller.BrokerReady(7, epoch, answers.getRef()));
    ClusterMetadata image = images.receiveMessage(PATIENCE).image();

    assertThat(image.controllerEpoch()).isEqualTo(3);
    assertThat(image.brokers().keySet()).containsExactly(7);
    answers.expectNoMessage(Duration.ZERO);
    stale.tell(new Controller.BrokerReady(7, epoch, answers.getRef()));
    assertThat(answers.receiveMessage(PATIENCE)).isEqualTo(Outcome.accepted(epoch));
  }

  @Test
  void recoversWhenAFollowerHasANewerImage() {
    TestProbe<ImageMessage> follower = kit.createTestProbe();
    ActorRef<Controller.Command> stale = controller(1);
    stale.tell(new Controller.Follow(0, follower.getRef()));
    follower.receiveMessage(PATIENCE);
    BrokerEpoch epoch = registered(controller(2), 7);

    stale.tell(new Controller.Follow(epoch.value(), follower.getRef()));

    assertThat(follower.expectMessageClass(Controller.ImageChanged.class, PATIENCE).image())
        .satisfies(image -> assertThat(image.brokers().keySet()).containsExactly(7));
  }

  @Test
  void goesOnWithWhatTheJournalHoldsWhereSomebodyKnowsMoreThanThat() {
    TestProbe<Controller.ImageChanged> images = kit.createTestProbe();
    ActorRef<Controller.Command> controller = controller(1);
    controller.tell(new Controller.Subscribe(images.getRef()));
    images.receiveMessage(PATIENCE);

    controller.tell(new Controller.Subscribe(images.getRef(), 1_000));
    assertThat(images.receiveMessage(PATIENCE).image().controllerEpoch()).isEqualTo(2);
    controller.tell(new Controller.Subscribe(images.getRef(), 1_000));

    assertThat(images.receiveMessage(PATIENCE).image().controllerEpoch()).isEqualTo(2);
  }

  @Test
  void findsItsSnapshotAndTheFactsAfterItAgain() {
    ActorRef<Controller.Command> first = controller(1);
    for (int brokerId = 0; brokerId < Limits.FACTS_PER_SNAPSHOT + 5; brokerId++) {
      assertThat(register(first, brokerId).receiveMessage(PATIENCE))
          .isInstanceOf(Outcome.Accepted.class);
    }
    kit.stop(first);
    TestProbe<Controller.ImageChanged> images = kit.createTestProbe();

    controller(1).tell(new Controller.Subscribe(images.getRef()));

    ClusterMetadata image = images.receiveMessage(PATIENCE).image();
    assertThat(image.brokers()).hasSize(Limits.FACTS_PER_SNAPSHOT + 5);
    assertThat(image.controllerEpoch()).isEqualTo(2);
  }

  private ActorRef<Controller.Command> controller(int brokerId) {
    return kit.spawn(
        Controller.create(
            brokerId, BrokerConfigs.DEFAULTS, Randomness.seeded(new SplittableRandom(brokerId))));
  }

  private BrokerEpoch registered(ActorRef<Controller.Command> controller, int brokerId) {
    return register(controller, brokerId)
        .receiveMessage(PATIENCE)
        .fold(
            Controller.Registration::epoch,
            refused -> {
              throw new AssertionError(refused.message());
            });
  }

  private TestProbe<Outcome<Controller.Registration>> register(
      ActorRef<Controller.Command> controller, int brokerId) {
    TestProbe<Outcome<Controller.Registration>> probe = kit.createTestProbe();
    controller.tell(
        new Controller.RegisterBroker(
            brokerId, new Uuid(1, brokerId), "", "host", 1, Optional.empty(), probe.getRef()));
    return probe;
  }
}
