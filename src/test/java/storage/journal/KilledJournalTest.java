package storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL in the middle of appending, again and again, on one directory. */
class KilledJournalTest {
  private static final int ROUNDS = 5;
  private static final int IMAGE_EVERY_ENTRIES = 40;

  @TempDir Path directory;

  @Test
  void keepsAllThatWasAcknowledgedBeforeTheKill() throws Exception {
    Random random = new Random(42);
    long acknowledged = 0;
    for (int round = 0; round < ROUNDS; round++) {
      acknowledged = runAndKill(acknowledged + 20 + random.nextInt(60));
    }

    try (JournalServer server =
        Journals.start(Journals.settings(directory, "1", List.of("1"), IMAGE_EVERY_ENTRIES))) {
      List<String> events = Journals.read(server);
      assertThat(events).hasSizeGreaterThanOrEqualTo((int) acknowledged);
      for (int i = 0; i < events.size(); i++) {
        assertThat(events.get(i)).isEqualTo("event-" + (i + 1));
      }
    }
  }

  /** Returns the last number that the process printed, having killed it behind the given one. */
  private long runAndKill(long killBehind) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledJournal.class.getName(),
                directory.toString(),
                Integer.toString(IMAGE_EVERY_ENTRIES))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long last = 0;
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("acknowledged ")) {
          continue;
        }
        last = Long.parseLong(line.substring("acknowledged ".length()));
        if (last == killBehind) {
          // by its handle: the process' own method would close the output that is still unread
          process.toHandle().destroyForcibly();
        }
      }
    }
    process.waitFor();
    assertThat(last).isGreaterThanOrEqualTo(killBehind);
    return last;
  }
}
