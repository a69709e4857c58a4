package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static storage.journal.Journals.append;
import static storage.journal.Journals.get;
import static storage.journal.Journals.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalReply.Status;

/** The port to other voters is right if three of them do on it all that Raft promises. */
class ThreeVotersTest {
  private static final List<String> VOTERS = List.of("1", "2", "3");
  private static final int IMAGE_EVERY_ENTRIES = 20;

  @TempDir Path directory;

  private final MemoryNetwork network = new MemoryNetwork();
  private final Map<String, JournalServer> servers = new TreeMap<>();
  private final List<String> acknowledged = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    VOTERS.forEach(this::start);
    get(any().ready());
    VOTERS.forEach(this::awaitFilled);
  }

  /** Before that it elects nobody, which is none of these tests' business. */
  private void awaitFilled(String voter) {
    await().until(() -> servers.get(voter).status().complete());
  }

  @AfterEach
  void stop() {
    servers.values().parallelStream().forEach(JournalServer::close);
  }

  private void start(String voter) {
    servers.put(
        voter,
        JournalServer.start(
            Journals.settings(directory.resolve(voter), voter, VOTERS, IMAGE_EVERY_ENTRIES),
            network.transport(voter)));
  }

  /** Gives up soon. */
  private void startImpatient(String voter) {
    servers.put(
        voter, JournalServer.start(impatient(directory.resolve(voter)), network.transport(voter)));
  }

  private static JournalSettings impatient(Path directory) {
    JournalSettings.Timeouts timeouts = Journals.TIMEOUTS;
    return new JournalSettings(
        directory,
        directory.getFileName().toString(),
        VOTERS,
        "test",
        new JournalSettings.Timeouts(
            timeouts.start(),
            Duration.ofSeconds(3),
            timeouts.call(),
            timeouts.electionMin(),
            timeouts.electionMax()),
        IMAGE_EVERY_ENTRIES,
        4 << 20);
  }

  private static void empty(Path directory) throws IOException {
    List<Path> inner;
    try (Stream<Path> files = Files.walk(directory)) {
      inner = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : inner) {
      Files.delete(path);
    }
  }

  private JournalServer any() {
    return servers.values().iterator().next();
  }

  private String leader() {
    return await()
        .until(
            () ->
                servers.entrySet().stream()
                    .filter(server -> server.getValue().isLeader())
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElse(""),
            leader -> !leader.isEmpty());
  }

  private String follower() {
    String leader = leader();
    return servers.keySet().stream()
        .filter(voter -> !voter.equals(leader))
        .findFirst()
        .orElseThrow();
  }

  private void write(JournalServer server, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long next = acknowledged.size() + 1L;
      String event = "event-" + next;
      assertThat(get(server.execute(append("writer", next, event))))
          .isEqualTo(JournalReply.done(next));
      acknowledged.add(event);
    }
  }

  @Test
  void takesCommandsAndAnswersReadsOnEveryVoter() throws Exception {
    for (JournalServer server : servers.values()) {
      write(server, 3);
      for (JournalServer other : servers.values()) {
        assertThat(read(other)).isEqualTo(acknowledged);
      }
    }
  }

  @Test
  void goesOnWhenTheLeaderIsLost() throws Exception {
    write(any(), 5);
    String lost = leader();
    servers.remove(lost).close();

    write(any(), 5);
    for (JournalServer server : servers.values()) {
      assertThat(read(server)).isEqualTo(acknowledged);
    }

    start(lost);
    assertThat(read(servers.get(lost))).isEqualTo(acknowledged);
  }

  @Test
  void bringsAVoterUpToDateByAnImageWhenTheLogHasBeenCut() throws Exception {
    write(any(), 2);
    String away = follower();
    servers.remove(away).close();
    // a restart rolls the log's segment, and only whole segments are cut
    for (int round = 0; round < 2; round++) {
      write(any(), 2 * IMAGE_EVERY_ENTRIES);
      for (String voter : List.copyOf(servers.keySet())) {
        servers.remove(voter).close();
        start(voter);
        get(any().ready());
      }
    }
    write(any(), 2 * IMAGE_EVERY_ENTRIES);
    await().until(() -> firstSegments().isEmpty());

    start(away);

    assertThat(read(servers.get(away))).isEqualTo(acknowledged);
    write(servers.get(away), 3);
    servers.remove(away).close();
    start(away);
    assertThat(read(servers.get(away))).isEqualTo(acknowledged);
  }

  private List<Path> firstSegments() throws Exception {
    List<Path> found = new ArrayList<>();
    for (String voter : servers.keySet()) {
      try (Stream<Path> files = Files.walk(directory.resolve(voter))) {
        files
            .filter(file -> file.getFileName().toString().matches("log_(0-\\d+|inprogress_0)"))
            .forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void handsTheLeadOverBeforeItStops() throws Exception {
    write(any(), 3);
    String leader = leader();

    get(servers.get(leader).handOver(Duration.ofSeconds(30)));

    await().until(() -> !servers.get(leader).isLeader() && !leader().equals(leader));
    write(servers.get(leader), 3);
  }

  @Test
  void refusesAWriterThatLosesOnAnotherVoter() throws Exception {
    write(any(), 1);
    JournalServer other = servers.get("3");

    assertThat(get(other.execute(append("loser", 1, "l"))).status()).isEqualTo(Status.STALE_WRITER);
    assertThat(get(any().execute(append("loser", 2, "l"))).status()).isEqualTo(Status.STALE_WRITER);
    write(other, 1);
    assertThat(read(other)).isEqualTo(acknowledged);
  }

  @Test
  void acknowledgesNothingOnALeaderThatIsCutOff() throws Exception {
    write(any(), 3);
    String island = leader();
    network.cutOff(island);
    JournalServer lost = servers.get(island);
    var islandWrite = lost.execute(append("writer", 4, "never-acknowledged"));
    var islandRead = lost.barrier();

    JournalServer majority =
        servers.entrySet().stream()
            .filter(server -> !server.getKey().equals(island))
            .findFirst()
            .orElseThrow()
            .getValue();
    assertThat(get(majority.highestSequenceNr("p"))).isEqualTo(3);
    assertThat(get(majority.execute(append("heir", 4, "heir-4"))).status()).isEqualTo(Status.DONE);
    assertThat(islandWrite.toCompletableFuture()).isNotDone();
    assertThat(islandRead.toCompletableFuture()).isNotDone();

    network.heal();
    assertThat(get(islandWrite).status()).isEqualTo(Status.STALE_WRITER);
    get(islandRead);
    acknowledged.add("heir-4");
    for (JournalServer server : servers.values()) {
      assertThat(read(server)).isEqualTo(acknowledged);
    }
  }

  @Test
  void anEmptiedVoterDoesNotElectOneThatIsBehind() throws Exception {
    write(any(), 3);
    String behind = follower();
    servers.remove(behind).close();
    write(any(), 3);
    String emptied = follower();
    String knowing = leader();
    servers.remove(emptied).close();
    servers.remove(knowing).close();
    empty(directory.resolve(emptied));

    startImpatient(behind);
    startImpatient(emptied);

    assertThatThrownBy(() -> get(servers.get(behind).ready()))
        .hasCauseInstanceOf(JournalException.Unavailable.class);
    start(knowing);
    for (JournalServer server : servers.values()) {
      assertThat(read(server)).isEqualTo(acknowledged);
    }
  }

  @Test
  void anEmptiedVoterVotesOnceItIsFilledAgain() throws Exception {
    write(any(), 3);
    String emptied = follower();
    servers.remove(emptied).close();
    empty(directory.resolve(emptied));
    start(emptied);
    awaitFilled(emptied);

    servers.remove(leader()).close();

    write(any(), 3);
    assertThat(read(servers.get(emptied))).isEqualTo(acknowledged);
  }

  @Test
  void keepsAllThroughARestartOfAllVoters() throws Exception {
    write(any(), 10);
    stop();
    servers.clear();

    List.of("3", "2", "1").forEach(this::start);

    for (JournalServer server : servers.values()) {
      assertThat(read(server)).isEqualTo(acknowledged);
    }
    write(any(), 3);
  }

  @Test
  void carriesCommandsOfManyPartsToTheLeader() throws Exception {
    AppendEvents large =
        new AppendEvents("q", "w", 1, List.of(Journals.bytes(3 * JournalLimits.PART_BYTES_MAX)));
    JournalServer follower = servers.get(follower());

    assertThat(get(follower.execute(large))).isEqualTo(JournalReply.done(1));
    get(follower.barrier());
    assertThat(follower.localEvents("q", 1, 1, 1).get(0).bytes()).isEqualTo(large.events().get(0));
  }

  @Test
  void failsWithAnErrorWhenThereIsNoMajority() throws Exception {
    JournalSettings impatient = impatient(directory.resolve("alone").resolve("1"));
    try (JournalServer alone = JournalServer.start(impatient, new MemoryNetwork().transport("1"))) {
      assertThatThrownBy(() -> get(alone.ready()))
          .hasCauseInstanceOf(JournalException.Unavailable.class)
          .hasMessageContaining("voters [1, 2, 3]) has no leader");
    }
  }
}
