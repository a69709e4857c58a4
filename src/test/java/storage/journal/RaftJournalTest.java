package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    watcher.expectTerminated(loser, Duration.ofSeconds(30));
    lost.expectNoMessage(Duration.ZERO);
    assertThat(write(one, winner, "w2")).isEqualTo("w1w2");
    ActorRef<Ledger.Command> heir = two.spawn(Ledger.named("p"));
    assertThat(read(two, heir)).isEqualTo("w1w2");
  }

  private static String write(ActorTestKit kit, ActorRef<Ledger.Command> ledger, String... events) {
    TestProbe<String> probe = kit.createTestProbe();
    ledger.tell(new Ledger.Write(List.of(events), probe.ref()));
    return probe.receiveMessage(Duration.ofSeconds(30));
  }

  private static String read(ActorTestKit kit, ActorRef<Ledger.Command> ledger) {
    TestProbe<String> probe = kit.createTestProbe();
    ledger.tell(new Ledger.Read(probe.ref()));
    return probe.receiveMessage(Duration.ofSeconds(30));
  }
}
