package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static storage.journal.Journals.alone;
import static storage.journal.Journals.append;
import static storage.journal.Journals.get;
import static storage.journal.Journals.read;
import static storage.journal.Journals.start;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;
import storage.journal.JournalCommand.DeleteEvents;
import storage.journal.JournalReply.Status;

/** One voter alone, its files, and what becomes of them. */
class JournalServerTest {
  @TempDir Path directory;

  private void write(JournalServer server, int fromSequenceNr, int toSequenceNr) throws Exception {
    for (int i = fromSequenceNr; i <= toSequenceNr; i++) {
      JournalReply reply = get(server.execute(append("writer", i, "event-" + i)));
      assertThat(reply).isEqualTo(JournalReply.done(i));
    }
  }

  private static List<String> events(int fromSequenceNr, int toSequenceNr) {
    return IntStream.rangeClosed(fromSequenceNr, toSequenceNr).mapToObj(i -> "event-" + i).toList();
  }

  /** Files of such a name, in order of their names. */
  private List<Path> files(String prefix) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path onlyFile(String prefix) {
    assertThat(files(prefix)).hasSize(1);
    return files(prefix).get(0);
  }

  @Nested
  class WhenRestarted {
    @Test
    void givesBackAllThatWasAcknowledged() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        write(server, 1, 20);
      }
      try (JournalServer server = start(alone(directory))) {
        assertThat(read(server)).isEqualTo(events(1, 20));
        write(server, 21, 22);
      }
      try (JournalServer server = start(alone(directory))) {
        assertThat(read(server)).isEqualTo(events(1, 22));
        assertThat(get(server.highestSequenceNr("p"))).isEqualTo(22);
        assertThat(get(server.highestSequenceNr("unknown"))).isZero();
      }
    }

    @Test
    void replaysNoMoreThanTheTailBehindTheImage() throws Exception {
      JournalSettings settings = Journals.settings(directory, "1", List.of("1"), 10);
      try (JournalServer server = start(settings)) {
        write(server, 1, 35);
        await().until(() -> !files("image.").isEmpty());
      }
      try (JournalServer server = start(settings)) {
        assertThat(read(server)).isEqualTo(events(1, 35));
        write(server, 36, 60);
      }
      try (JournalServer server = start(settings)) {
        assertThat(read(server)).isEqualTo(events(1, 60));
        assertThat(files("image.")).hasSize(1);
        assertThat(files("log_0-")).isEmpty();
      }
    }

    @Test
    void stillKnowsTheWritersThatItRefused() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        write(server, 1, 1);
        get(server.execute(append("loser", 1, "l")));
      }
      try (JournalServer server = start(alone(directory))) {
        assertThat(get(server.execute(append("loser", 2, "l"))).status())
            .isEqualTo(Status.STALE_WRITER);
      }
    }
  }

  @Nested
  class WhenItsFilesAreDamaged {
    private void assertRefused(Path file) {
      assertThatThrownBy(() -> start(alone(directory)))
          .isInstanceOf(JournalException.Corrupt.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("restore");
    }

    private void fill() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        write(server, 1, 10);
      }
    }

    private void fillWithImage() throws Exception {
      JournalSettings settings = Journals.settings(directory, "1", List.of("1"), 5);
      try (JournalServer server = start(settings)) {
        write(server, 1, 10);
        await().until(() -> !files("image.").isEmpty());
      }
    }

    private void flip(Path file, int position) throws Exception {
      byte[] bytes = Files.readAllBytes(file);
      bytes[position] ^= 4;
      Files.write(file, bytes);
    }

    @Test
    void refusesToStartOnAFlippedBitInTheMiddleOfTheLog() throws Exception {
      fill();
      Path log = onlyFile("log_");
      flip(log, (int) Files.size(log) / 2);

      assertRefused(log);
    }

    @Test
    void refusesToStartOnAFlippedBitInTheLastEntry() throws Exception {
      fill();
      Path log = onlyFile("log_");
      flip(log, (int) Files.size(log) - 10);

      assertRefused(log);
    }

    @Test
    void refusesToStartOnAFlippedBitInTheImage() throws Exception {
      fillWithImage();
      Path image = onlyFile("image.");
      flip(image, (int) Files.size(image) / 2);

      assertRefused(image);
    }

    @Test
    void refusesToStartWithoutItsImageOnceTheLogHasBeenCut() throws Exception {
      fillWithImage();
      JournalSettings settings = Journals.settings(directory, "1", List.of("1"), 5);
      try (JournalServer server = start(settings)) {
        write(server, 11, 20);
        await().until(() -> files("log_0-").isEmpty());
      }
      Files.delete(onlyFile("image."));

      assertRefused(files("log_").get(0));
    }

    @Test
    void refusesToStartWithoutItsLog() throws Exception {
      fill();
      for (Path file : files("log_")) {
        Files.delete(file);
      }

      assertThatThrownBy(() -> start(alone(directory)))
          .isInstanceOf(JournalException.Corrupt.class);
    }

    @Test
    void refusesToStartOnAVoteThatMakesNoSense() throws Exception {
      fill();
      Path vote = files("raft-meta").get(0);
      Files.writeString(vote, Files.readString(vote).replace("term=1", "term=0"));
      assertRefused(vote);

      Files.delete(vote);
      assertRefused(vote);
    }

    @Test
    void refusesToStartOnAClosedSegmentCutShort() throws Exception {
      fill();
      Path log = onlyFile("log_");
      Path closed = log.resolveSibling("log_0-10000");
      Files.move(log, closed);

      assertRefused(closed);
    }

    @Test
    void startsAfterATornWriteWithAllThatWasAcknowledged() throws Exception {
      fill();
      Path closed = onlyFile("log_");
      Path open = closed.resolveSibling("log_inprogress_0");
      Files.move(closed, open);
      byte[] whole = Files.readAllBytes(open);
      byte[] configuration = Files.readAllBytes(open.resolveSibling("raft-meta.conf"));
      for (int cut : new int[] {1, 4, 5, 20, 40}) {
        for (Path log : files("log_")) {
          Files.delete(log);
        }
        Files.write(open, Arrays.copyOf(whole, whole.length - cut));
        Files.write(open.resolveSibling("raft-meta.conf"), configuration);

        try (JournalServer server = start(alone(directory))) {
          assertThat(read(server)).as("cut by %s bytes", cut).isEqualTo(events(1, 9));
          write(server, 10, 11);
        }
      }
    }
  }

  @Nested
  class WhenStarted {
    @Test
    void refusesADirectoryInUse() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        write(server, 1, 3);

        assertThatThrownBy(() -> start(alone(directory)))
            .isInstanceOf(JournalException.DirectoryInUse.class)
            .hasMessageContaining(directory.toString());
        write(server, 4, 5);
      }
    }

    @Test
    void refusesOtherVotersThanItsLogHas() throws Exception {
      start(alone(directory)).close();

      assertThatThrownBy(
              () -> start(Journals.settings(directory, "1", List.of("1", "2", "3"), 100)))
          .isInstanceOf(JournalException.BadSettings.class)
          .hasMessageContaining("granary.journal.voters");
    }

    @Test
    void refusesAnotherGroup() {
      start(alone(directory)).close();
      JournalSettings settings = alone(directory);
      JournalSettings other =
          new JournalSettings(
              directory, "1", List.of("1"), "other", settings.timeouts(), 100, 4 << 20);

      assertThatThrownBy(() -> start(other))
          .isInstanceOf(JournalException.BadSettings.class)
          .hasMessageContaining("granary.journal.group");
    }

    @Test
    void refusesANodeThatIsNoVoter() {
      assertThatThrownBy(() -> Journals.settings(directory, "9", List.of("1"), 100))
          .isInstanceOf(JournalException.BadSettings.class)
          .hasMessageContaining("granary.journal.node-id");
    }

    @Test
    void refusesAFileForADirectory() throws Exception {
      Path file = Files.createFile(directory.resolve("file"));

      assertThatThrownBy(() -> start(alone(file)))
          .isInstanceOf(JournalException.StartFailed.class)
          .hasMessageContaining(file.toString());
    }

    @Test
    void failsInsteadOfHangingWhenTheServerHangs() throws Exception {
      CountDownLatch hanging = new CountDownLatch(1);
      RaftTransport transport =
          new RaftTransport() {
            @Override
            public void serve(Function<RaftCall, CompletionStage<RaftCall>> inbox) {
              try {
                hanging.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }

            @Override
            public CompletionStage<RaftCall> call(String nodeId, RaftCall request) {
              return new CompletableFuture<>();
            }

            @Override
            public void close() {}
          };
      JournalSettings settings = alone(directory);
      JournalSettings impatient =
          new JournalSettings(
              directory,
              "1",
              List.of("1"),
              "test",
              new JournalSettings.Timeouts(
                  Duration.ofMillis(300),
                  settings.timeouts().request(),
                  settings.timeouts().call(),
                  settings.timeouts().electionMin(),
                  settings.timeouts().electionMax()),
              100,
              4 << 20);

      assertThatThrownBy(() -> JournalServer.start(impatient, transport))
          .isInstanceOf(JournalException.StartFailed.class)
          .hasMessageContaining("start-timeout");

      hanging.countDown();
      await().ignoreExceptions().untilAsserted(() -> start(settings).close());
    }

    @Test
    void runsBesideOthersInOneProcess() throws Exception {
      try (JournalServer one = start(alone(directory.resolve("one")));
          JournalServer two = start(alone(directory.resolve("two")))) {
        write(one, 1, 3);
        write(two, 1, 5);

        assertThat(read(one)).isEqualTo(events(1, 3));
        assertThat(read(two)).isEqualTo(events(1, 5));
      }
    }
  }

  @Nested
  class WhenClosed {
    @Test
    void leavesNoThreadBehind() throws Exception {
      start(alone(directory.resolve("warm-up"))).close();
      List<Thread> before = ownThreads();
      JournalServer server = start(alone(directory));
      write(server, 1, 3);
      server.close();

      await().untilAsserted(() -> assertThat(ownThreads()).isSubsetOf(before));
    }

    /** Without the pools that belong to the JVM and to all of Ratis. */
    private static List<Thread> ownThreads() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(thread -> !thread.getName().startsWith("ForkJoinPool.commonPool"))
          .filter(thread -> !thread.getName().startsWith("CompletableFutureDelayScheduler"))
          .filter(thread -> !thread.getName().matches("timer\\d|awaitility-thread"))
          .toList();
    }

    @Test
    void refusesCommandsAtOnce() {
      JournalServer server = start(alone(directory));
      server.close();

      assertThatThrownBy(() -> get(server.execute(append("a", 1, "x"))))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(JournalException.Unavailable.class);
    }
  }

  @Nested
  class WhenAnEntryMakesNoSense {
    private final CommandPart nonsense =
        new CommandPart(new UUID(1, 1), 0, 1, ByteString.copyFromUtf8("nonsense"));

    @Test
    void failsWhatIsUnderWayAndAllThatFollows() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        write(server, 1, 3);

        assertThatThrownBy(() -> get(server.execute(nonsense)))
            .hasCauseInstanceOf(JournalException.Unavailable.class)
            .hasMessageContaining("has stopped");
        assertThat(get(server.failure())).hasMessageContaining("unreadable");
        assertThatThrownBy(() -> get(server.execute(append("writer", 4, "x"))))
            .hasCauseInstanceOf(JournalException.Unavailable.class);
        assertThatThrownBy(() -> get(server.barrier()))
            .hasCauseInstanceOf(JournalException.Unavailable.class);
      }
    }

    @Test
    void doesNotStartAgain() throws Exception {
      try (JournalServer server = start(alone(directory))) {
        assertThatThrownBy(() -> get(server.execute(nonsense))).isNotNull();
      }

      assertThatThrownBy(() -> start(alone(directory)))
          .isInstanceOf(JournalException.Unavailable.class);
    }
  }

  @Nested
  class Limits {
    @Test
    void takesACommandOfManyPartsAsAWhole() throws Exception {
      AppendEvents large =
          new AppendEvents(
              "p",
              "a",
              1,
              List.of(
                  Journals.bytes(JournalLimits.PART_BYTES_MAX),
                  Journals.bytes(3 * JournalLimits.PART_BYTES_MAX + 17)));
      try (JournalServer server = start(alone(directory))) {
        assertThat(get(server.execute(large))).isEqualTo(JournalReply.done(2));
      }
      try (JournalServer server = start(alone(directory))) {
        get(server.barrier());
        assertThat(server.localEvents("p", 1, 2, 9).stream().map(StoredEvent::bytes))
            .isEqualTo(large.events());
      }
    }

    @Test
    void refusesEventsButNotDeletesWhenFull() {
      long full = JournalLimits.IMAGE_BYTES_MAX + 1;

      assertThatThrownBy(() -> JournalServer.checkRoom(append("a", 1, "x"), full))
          .isInstanceOf(JournalException.Full.class);
      assertThatCode(() -> JournalServer.checkRoom(new DeleteEvents("p", 1), full))
          .doesNotThrowAnyException();
      assertThatCode(() -> JournalServer.checkRoom(append("a", 1, "x"), full - 1))
          .doesNotThrowAnyException();
    }

    @Test
    void refusesACommandOverTheLimit() throws Exception {
      AppendEvents tooLarge =
          new AppendEvents("p", "a", 1, List.of(Journals.bytes(JournalLimits.COMMAND_BYTES_MAX)));
      try (JournalServer server = start(alone(directory))) {
        assertThatThrownBy(() -> get(server.execute(tooLarge)))
            .hasCauseInstanceOf(JournalException.TooLarge.class);
      }
    }
  }
}
