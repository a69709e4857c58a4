package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.FishingOutcome;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.DeleteMessagesSuccess;
import org.apache.pekko.persistence.JournalProtocol;
import org.apache.pekko.persistence.Persistence;
import org.apache.pekko.persistence.PersistentEnvelope;
import org.apache.pekko.persistence.PersistentRepr;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

class RaftJournalTest {
  private static final Config CONFIG =
      ConfigFactory.parseString(
              """
              pekko.persistence.journal.plugin = "granary.journal.events"
              pekko.persistence.snapshot-store.plugin = "granary.journal.snapshots"
              pekko.loglevel = WARNING
              pekko.actor.allow-java-serialization = off
              """)
          .withFallback(ConfigFactory.parseResources("granary-journal.conf"))
          .withFallback(ConfigFactory.load());

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir Path directory;

  private JournalServer server;
  private ActorTestKit one;
  private ActorTestKit two;

  @BeforeEach
  void startTwoSystemsOnOneJournal() {
    server = Journals.start(Journals.alone(directory));
    one = system("one");
    two = system("two");
  }

  @AfterEach
  void stop() {
    one.shutdownTestKit();
    two.shutdownTestKit();
    server.close();
  }

  private ActorTestKit system(String name) {
    ActorSystemSetup setup =
        ActorSystemSetup.create(
            BootstrapSetup.create(CONFIG),
            JournalSetup.of(CompletableFuture.completedFuture(server)));
    return ActorTestKit.create(
        Adapter.toTyped(org.apache.pekko.actor.ActorSystem.create(name, setup)));
  }

  @Test
  void givesBackAllEventsToTheNextIncarnation() {
    ActorRef<Ledger.Command> first = one.spawn(Ledger.named("p"));
    write(one, first, "a", "b");
    write(one, first, "c");
    one.stop(first);

    ActorRef<Ledger.Command> second = two.spawn(Ledger.named("p"));

    assertThat(read(two, second)).isEqualTo("abc");
  }

  @Test
  void recoversFromASnapshotAndTheEventsAfterIt() {
    ActorRef<Ledger.Command> first = one.spawn(Ledger.snapshotting("p", 2));
    for (String event : List.of("a", "b", "c", "d", "e")) {
      write(one, first, event);
    }
    one.stop(first);

    ActorRef<Ledger.Command> second = two.spawn(Ledger.snapshotting("p", 2));

    assertThat(read(two, second)).isEqualTo("abcde");
    assertThat(server.localEvents("p", 0, Long.MAX_VALUE, 100)).hasSizeLessThan(5);
  }

  @Test
  void letsOneOfTwoWritersWinAndStopsTheOther() {
    ActorRef<Ledger.Command> winner = one.spawn(Ledger.named("p"));
    ActorRef<Ledger.Command> loser = two.spawn(Ledger.named("p"));
    assertThat(read(one, winner)).isEmpty();
    assertThat(read(two, loser)).isEmpty();

    assertThat(write(one, winner, "w1")).isEqualTo("w1");
    TestProbe<String> lost = two.createTestProbe();
    TestProbe<Object> watcher = two.createTestProbe();
    loser.tell(new Ledger.Write(List.of("l1"), lost.ref()));
    loser.tell(new Ledger.Write(List.of("l2"), lost.ref()));

    watcher.expectTerminated(loser, TIMEOUT);
    lost.expectNoMessage(Duration.ZERO);
    assertThat(write(one, winner, "w2")).isEqualTo("w1w2");
    ActorRef<Ledger.Command> heir = two.spawn(Ledger.named("p"));
    assertThat(read(two, heir)).isEqualTo("w1w2");
  }

  /** Two persistent actors as the journal sees them, the second one more stubborn than Pekko's. */
  @Test
  void refusesALoserEvenWhenItsNextNumberFits() {
    letTheLoserLose();
    ActorRef<Object> journal = journalActor(two);
    TestProbe<Object> loser = two.createTestProbe();

    journal.tell(writeOf("stubborn", 1, "l1", loser));
    loser.fishForMessage(TIMEOUT, RaftJournalTest::untilFailure);
    journal.tell(writeOf("stubborn", 2, "l2", loser));
    loser.fishForMessage(TIMEOUT, RaftJournalTest::untilFailure);

    assertThat(read(one, one.spawn(Ledger.named("p")))).isEqualTo("w1");
  }

  private void letTheLoserLose() {
    ActorRef<Ledger.Command> winner = one.spawn(Ledger.named("p"));
    assertThat(write(one, winner, "w1")).isEqualTo("w1");
    one.stop(winner);
  }

  private static ActorRef<Object> journalActor(ActorTestKit kit) {
    return Adapter.toTyped(
        Persistence.get(kit.system().classicSystem())
            .journalFor("granary.journal.events", ConfigFactory.empty()));
  }

  private static JournalProtocol.WriteMessages writeOf(
      String writer, long sequenceNr, String event, TestProbe<Object> persistentActor) {
    PersistentRepr repr = PersistentRepr.apply(event, sequenceNr, "p", "", false, null, writer);
    return new JournalProtocol.WriteMessages(
        CollectionConverters.<PersistentEnvelope>asScala(
                List.<PersistentEnvelope>of(
                    new AtomicWrite(CollectionConverters.asScala(List.of(repr)).toSeq())))
            .toSeq(),
        Adapter.toClassic(persistentActor.ref()),
        1);
  }

  private static FishingOutcome untilFailure(Object message) {
    if (message instanceof JournalProtocol.WriteMessageSuccess
        || message instanceof JournalProtocol.WriteMessageRejected) {
      return FishingOutcomes.fail("the journal answered " + message);
    }
    return message instanceof JournalProtocol.WriteMessageFailure
        ? FishingOutcomes.complete()
        : FishingOutcomes.continueAndIgnore();
  }

  @Test
  void keepsTheHighestSequenceNumberWhenAllEventsAreDeleted() {
    ActorRef<Ledger.Command> first = one.spawn(Ledger.named("p"));
    write(one, first, "a", "b");
    one.stop(first);
    TestProbe<Object> deleter = one.createTestProbe();
    journalActor(one)
        .tell(
            new JournalProtocol.DeleteMessagesTo(
                "p", Long.MAX_VALUE, Adapter.toClassic(deleter.ref())));
    deleter.expectMessageClass(DeleteMessagesSuccess.class, TIMEOUT);

    ActorRef<Ledger.Command> second = two.spawn(Ledger.named("p"));

    assertThat(write(two, second, "c")).isEqualTo("c");
    assertThat(server.localEvents("p", 0, Long.MAX_VALUE, 10))
        .extracting(StoredEvent::sequenceNr)
        .containsExactly(3L);
  }

  @Test
  void stopsAnActorWhoseEventHasNoSerializer() {
    ActorRef<Unserializable.Command> actor = one.spawn(Unserializable.create());
    TestProbe<Object> watcher = one.createTestProbe();

    actor.tell(new Unserializable.Command());

    watcher.expectTerminated(actor, TIMEOUT);
  }

  @Test
  void startsItsOwnJournalFromTheConfigurationAndClosesItWithTheSystem() {
    Path own = directory.resolve("own");
    Config config =
        ConfigFactory.parseMap(Map.of("granary.journal.directory", own.toString()))
            .withFallback(CONFIG);
    for (String expected : List.of("a", "aa", "aaa")) {
      ActorTestKit kit = ActorTestKit.create("own", config);
      assertThat(write(kit, kit.spawn(Ledger.named("p")), "a")).isEqualTo(expected);
      kit.shutdownTestKit();
      assertThatCode(() -> DirectoryLock.of(own).close()).doesNotThrowAnyException();
    }
  }

  @Test
  void saysWhyItsOwnJournalDoesNotStart() {
    Config config =
        ConfigFactory.parseMap(Map.of("granary.journal.directory", directory.toString()))
            .withFallback(CONFIG);
    ActorTestKit kit = ActorTestKit.create("second", config);
    try {
      assertThatThrownBy(() -> JournalExtension.get(kit.system()).awaitServer())
          .isInstanceOf(JournalException.DirectoryInUse.class);
    } finally {
      kit.shutdownTestKit();
    }
  }

  private static String write(ActorTestKit kit, ActorRef<Ledger.Command> ledger, String... events) {
    TestProbe<String> probe = kit.createTestProbe();
    ledger.tell(new Ledger.Write(List.of(events), probe.ref()));
    return probe.receiveMessage(TIMEOUT);
  }

  private static String read(ActorTestKit kit, ActorRef<Ledger.Command> ledger) {
    TestProbe<String> probe = kit.createTestProbe();
    ledger.tell(new Ledger.Read(probe.ref()));
    return probe.receiveMessage(TIMEOUT);
  }
}
