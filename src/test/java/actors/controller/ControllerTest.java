package actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import actors.BrokerEpoch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.testkit.javadsl.SnapshotTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The actor around the decisions: what is persisted, answered and told, and in which order. */
class ControllerTest {
  private static final String JOURNAL_ID = ControllerBehavior.PERSISTENCE_ID.id();

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString(
"""
pekko.actor.provider = local
pekko.actor.allow-java-serialization = off
""")
              .withFallback(EventSourcedBehaviorTestKit.config())
              .withFallback(ConfigFactory.parseResources("granary-controller.conf"))
              .withFallback(ConfigFactory.load()));

  private static final SplittableRandom RANDOM = new SplittableRandom(1);

  private final PersistenceTestKit journal = PersistenceTestKit.create(KIT.system());
  private final TestProbe<Controller.ImageChanged> images = KIT.createTestProbe();
  private ActorRef<Controller.Command> controller;

  @BeforeEach
  void emptyTheJournal() {
    journal.clearAll();
    SnapshotTestKit.create(KIT.system()).clearAll();
  }

  @AfterEach
  void stopTheController() {
    KIT.stop(controller);
    journal.resetPolicy();
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Nested
  class WhenItStartsForTheFirstTime {
    @BeforeEach
    void start() {
      controller = spawn();
    }

    @Test
    void electsItselfAndDrawsTheClusterId() {
      ClusterMetadata image = subscribe();

      assertThat(facts())
          .containsExactly(new MetadataFact.ControllerElected(1, 1, image.clusterId()));
      assertThat(image.clusterId()).isNotEmpty();
      assertThat(image.controllerEpoch()).isEqualTo(1);
      assertThat(image.controllerId()).isEqualTo(1);
    }

    @Test
    void answersOnlyOnceTheFactsAreInTheJournal() {
      Controller.Registration registration = accepted(register(new Uuid(1, 1)));

      assertThat(facts()).hasSize(2).last().isInstanceOf(MetadataFact.BrokerRegistered.class);
      assertThat(registration.clusterId()).isEqualTo(subscribe().clusterId());
    }

    @Test
    void persistsNothingForARefusal() {
      Outcome<TopicImage> outcome = createTopic("t", false);

      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      assertThat(facts()).hasSize(1);
    }
  }

  @Nested
  class WhenABrokerServes {
    private BrokerEpoch epoch;

    @BeforeEach
    void start() {
      controller = spawn();
      epoch = accepted(register(new Uuid(1, 1))).epoch();
      accepted(ready(epoch));
    }

    @Test
    void makesATopicAndTellsSubscribersBeforeTheAnswer() {
      subscribe();

      TopicImage topic = accepted(createTopic("t", false));

      assertThat(images.receiveMessage().image().topic("t")).contains(topic);
    }

    @Test
    void makesEachOfTheTopicsThatAreAskedForAtOnce() {
      TestProbe<Outcome<TopicImage>> asker = KIT.createTestProbe();

      for (String name : List.of("a", "b", "a", "c")) {
        controller.tell(
            new Controller.CreateTopic(TopicSpec.of(name, 1, Map.of()), false, asker.getRef()));
      }

      assertThat(List.copyOf(asker.receiveSeveralMessages(4)))
          .extracting(outcome -> outcome instanceof Outcome.Accepted)
          .containsExactly(true, true, false, true);
      assertThat(subscribe().topics().keySet()).containsExactly("a", "b", "c");
    }

    @Test
    void changesNothingWhereOnlyValidationIsAskedFor() {
      int before = facts().size();

      accepted(createTopic("t", true));

      assertThat(facts()).hasSize(before);
      assertThat(subscribe().topic("t")).isEmpty();
    }

    @Test
    void carriesOutEachKindOfCommand() {
      accepted(createTopic("t", false));
      accepted(
          ControllerTest.this.<TopicImage>ask(
              replyTo ->
                  new Controller.AlterTopicConfig(
                      "t", Map.of("retention.ms", Optional.of("1")), false, replyTo)));
      accepted(
          ControllerTest.this.<TopicImage>ask(
              replyTo -> new Controller.AddPartitions("t", 3, List.of(), false, replyTo)));
      accepted(
          ControllerTest.this.<Controller.ProducerIdBlock>ask(
              replyTo -> new Controller.AllocateProducerIds(1, epoch, replyTo)));
      accepted(
          ControllerTest.this.<BrokerEpoch>ask(replyTo -> new Controller.FenceBroker(1, replyTo)));
      accepted(ready(epoch));
      accepted(
          ControllerTest.this.<TopicImage>ask(
              replyTo -> new Controller.DeleteTopic(Optional.of("t"), Optional.empty(), replyTo)));

      assertThat(facts())
          .extracting(fact -> fact.getClass().getSimpleName())
          .containsExactly(
              "ControllerElected",
              "BrokerRegistered",
              "BrokerUnfenced",
              "TopicCreated",
              "TopicConfigChanged",
              "PartitionsAdded",
              "ProducerIdsAllocated",
              "BrokerFenced",
              "PartitionsChanged",
              "BrokerUnfenced",
              "PartitionsChanged",
              "TopicDeleted");
    }

    @Test
    void carriesOutOrdersOfBrokersAndAboutPartitions() {
      TopicImage topic = accepted(createTopic("t", false));
      TopicPartition partition = new TopicPartition("t", 0);
      PartitionImage proposed =
          accepted(
              ControllerTest.this.<PartitionImage>ask(
                  replyTo ->
                      new Controller.ProposeIsr(
                          topic.id(),
                          0,
                          1,
                          topic.partitions().get(0).leaderEpoch(),
                          topic.partitions().get(0).partitionEpoch(),
                          new TreeMap<>(Map.of(1, epoch)),
                          replyTo)));
      Controller.PartitionResults elected =
          accepted(
              ControllerTest.this.<Controller.PartitionResults>ask(
                  replyTo ->
                      new Controller.ElectLeaders(
                          ElectionType.PREFERRED, Optional.of(List.of(partition)), replyTo)));
      Controller.PartitionResults moved =
          accepted(
              ControllerTest.this.<Controller.PartitionResults>ask(
                  replyTo ->
                      new Controller.AlterReassignments(
                          Map.of(partition, Optional.of(List.of(1))), true, replyTo)));
      int stillLed =
          accepted(
              ControllerTest.this.<Integer>ask(
                  replyTo -> new Controller.BrokerLeaving(1, epoch, replyTo)));

      assertThat(proposed.partitionEpoch()).isEqualTo(1);
      assertThat(elected.results()).extracting("error").containsExactly(Errors.ELECTION_NOT_NEEDED);
      assertThat(moved.results()).extracting("error").containsExactly(Errors.NONE);
      assertThat(stillLed).isZero();
      assertThat(subscribe().isActive(1)).isFalse();
    }

    @Test
    void sendsThePresentImageToWhoSubscribesAgainButEachNewOneOnce() {
      subscribe();
      subscribe();

      accepted(createTopic("t", false));

      assertThat(images.receiveMessage().image().topic("t")).isPresent();
      accepted(createTopic("u", false));
      assertThat(images.receiveMessage().image().topic("u")).isPresent();
    }

    @Test
    void goesOnWithoutASubscriberThatIsGone() {
      TestProbe<Controller.ImageChanged> gone = KIT.createTestProbe();
      controller.tell(new Controller.Subscribe(gone.getRef()));
      gone.receiveMessage();
      gone.stop();

      accepted(createTopic("t", false));

      assertThat(subscribe().topic("t")).isPresent();
    }
  }

  @Nested
  class WhenLeadershipsAreToGoBack {
    @Test
    void givesThemBackByItself() {
      controller =
          KIT.spawn(
              Controller.create(
                  1,
                  BrokerConfigs.of(Map.of("leader.imbalance.check.interval.seconds", "1"))
                      .fold(configs -> configs, refused -> BrokerConfigs.DEFAULTS),
                  Randomness.seeded(RANDOM)));
      BrokerEpoch first = accepted(register(new Uuid(1, 1))).epoch();
      accepted(ready(first));
      BrokerEpoch second =
          accepted(
                  ControllerTest.this.<Controller.Registration>ask(
                      replyTo ->
                          new Controller.RegisterBroker(
                              2, new Uuid(2, 1), "", "localhost", 1, Optional.empty(), replyTo)))
              .epoch();
      accepted(
          ControllerTest.this.<BrokerEpoch>ask(
              replyTo -> new Controller.BrokerReady(2, second, replyTo)));
      TopicSpec spec = new TopicSpec("t", -1, -1, Map.of(0, List.of(1, 2)), Map.of());
      TopicImage topic =
          accepted(
              ControllerTest.this.<TopicImage>ask(
                  replyTo -> new Controller.CreateTopic(spec, false, replyTo)));
      accepted(
          ControllerTest.this.<BrokerEpoch>ask(replyTo -> new Controller.FenceBroker(1, replyTo)));
      accepted(ready(first));
      PartitionImage led = subscribe().partition("t", 0).orElseThrow();
      assertThat(led.leader()).isEqualTo(2);

      accepted(
          ControllerTest.this.<PartitionImage>ask(
              replyTo ->
                  new Controller.ProposeIsr(
                      topic.id(),
                      0,
                      2,
                      led.leaderEpoch(),
                      led.partitionEpoch(),
                      new TreeMap<>(Map.of(1, first, 2, second)),
                      replyTo)));
      assertThat(images.receiveMessage().image().partition("t", 0).orElseThrow().leader())
          .isEqualTo(2);

      assertThat(images.receiveMessage().image().partition("t", 0).orElseThrow().leader())
          .isEqualTo(1);
    }
  }

  @Nested
  class WhenItStartsAgain {
    @Test
    void recoversTheImageAndBeginsANewReign() {
      controller = spawn();
      BrokerEpoch epoch = accepted(register(new Uuid(1, 1))).epoch();
      accepted(ready(epoch));
      accepted(createTopic("t", false));
      ClusterMetadata before = subscribe();
      KIT.stop(controller);

      controller = spawn();
      ClusterMetadata after = subscribe();

      assertThat(after)
          .isEqualTo(before.apply(new MetadataFact.ControllerElected(2, 1, before.clusterId())));
    }

    @Test
    void recoversFromASnapshotOnceThereAreManyFacts() {
      controller = spawn();
      BrokerEpoch epoch = accepted(register(new Uuid(1, 1))).epoch();
      for (int block = 0; block < Limits.FACTS_PER_SNAPSHOT; block++) {
        accepted(
            ControllerTest.this.<Controller.ProducerIdBlock>ask(
                replyTo -> new Controller.AllocateProducerIds(1, epoch, replyTo)));
      }
      ClusterMetadata before = subscribe();
      KIT.stop(controller);

      controller = spawn();

      assertThat(subscribe().nextProducerId()).isEqualTo(before.nextProducerId());
    }
  }

  @Nested
  class WhenTheJournalFails {
    @Test
    void answersNobodyUntilItsElectionIsDurable() {
      journal.failNextPersisted(JOURNAL_ID);
      controller = spawn();

      accepted(register(new Uuid(1, 1)));

      assertThat(facts().get(0)).isInstanceOf(MetadataFact.ControllerElected.class);
      assertThat(facts().get(1)).isInstanceOf(MetadataFact.BrokerRegistered.class);
    }

    @Test
    void givesNoAnswerToWhatWasNotWrittenAndReignsAnew() {
      controller = spawn();
      subscribe();
      journal.failNextPersisted(JOURNAL_ID);
      TestProbe<Outcome<Controller.Registration>> unanswered = KIT.createTestProbe();

      controller.tell(registerCommand(new Uuid(1, 1), unanswered.getRef()));
      ClusterMetadata after = images.receiveMessage().image();

      assertThat(after.controllerEpoch()).isEqualTo(2);
      assertThat(after.brokers()).isEmpty();
      accepted(register(new Uuid(1, 2)));
      unanswered.expectNoMessage(Duration.ZERO);
    }

    @Test
    void reignsAnewAsWellWhenTheJournalRefusesTheWrite() {
      controller = spawn();
      subscribe();
      journal.rejectNextPersisted(JOURNAL_ID);
      TestProbe<Outcome<Controller.Registration>> unanswered = KIT.createTestProbe();

      controller.tell(registerCommand(new Uuid(1, 1), unanswered.getRef()));

      assertThat(images.receiveMessage().image().controllerEpoch()).isEqualTo(2);
      unanswered.expectNoMessage(Duration.ZERO);
    }
  }

  @Test
  void refusesWordOfABrokerThatIsNotRegistered() {
    controller = spawn();

    Outcome<BrokerEpoch> outcome = ready(new BrokerEpoch(1));

    assertThat(outcome)
        .isEqualTo(Outcome.refused(Errors.BROKER_ID_NOT_REGISTERED, "Broker 1 is not registered."));
  }

  private static ActorRef<Controller.Command> spawn() {
    return KIT.spawn(Controller.create(1, BrokerConfigs.DEFAULTS, Randomness.seeded(RANDOM)));
  }

  /** The present image; from now on the probe gets each new one. */
  private ClusterMetadata subscribe() {
    controller.tell(new Controller.Subscribe(images.getRef()));
    return images.receiveMessage().image();
  }

  private Outcome<Controller.Registration> register(Uuid incarnation) {
    return ask(replyTo -> registerCommand(incarnation, replyTo));
  }

  private static Controller.Command registerCommand(
      Uuid incarnation, ActorRef<Outcome<Controller.Registration>> replyTo) {
    return new Controller.RegisterBroker(
        1, incarnation, "", "localhost", 9092, Optional.empty(), replyTo);
  }

  private Outcome<BrokerEpoch> ready(BrokerEpoch epoch) {
    return ask(replyTo -> new Controller.BrokerReady(1, epoch, replyTo));
  }

  private Outcome<TopicImage> createTopic(String name, boolean validateOnly) {
    return ask(
        replyTo ->
            new Controller.CreateTopic(TopicSpec.of(name, 1, Map.of()), validateOnly, replyTo));
  }

  private <T> Outcome<T> ask(Function<ActorRef<Outcome<T>>, Controller.Command> command) {
    TestProbe<Outcome<T>> probe = KIT.createTestProbe();
    controller.tell(command.apply(probe.getRef()));
    return probe.receiveMessage();
  }

  private List<Object> facts() {
    return journal.persistedInStorage(JOURNAL_ID);
  }

  private static <T> T accepted(Outcome<T> outcome) {
    return outcome.fold(
        value -> value,
        refused -> {
          throw new AssertionError("refused: " + refused);
        });
  }
}
