package cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
  private final AtomicLong nanos = new AtomicLong();

  private Progress progress(boolean terminal) {
    return new Progress(new PrintStream(screen, true, UTF_8), terminal, nanos::get);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void aShortJobStaysQuiet() {
    try (Progress progress = progress(true)) {
      pass(999);
      progress.update("sent", 10, 100);
    }

    assertThat(screen.toString(UTF_8)).isEmpty();
  }

  @Test
  void aLongJobOverwritesItsLineOnATerminalAndTakesItAway() {
    try (Progress progress = progress(true)) {
      pass(2_000);
      progress.update("sent", 10, 1_000_000);
      pass(10);
      progress.update("sent", 11, 1_000_000);
    }

    assertThat(screen.toString(UTF_8))
        .startsWith("\rsent 10 records, 1.0 MB in 2.0 s")
        .doesNotContain("sent 11")
        .doesNotContain("\n")
        .endsWith("\r");
  }

  @Test
  void aLongJobSaysALineNowAndThenInAFile() {
    try (Progress progress = progress(false)) {
      pass(2_000);
      progress.update("sent", 10, 100);
      pass(4_000);
      progress.update("sent", 20, 100);
      pass(2_000);
      progress.update("sent", 30, 100);
    }

    assertThat(screen.toString(UTF_8).lines().map(line -> line.substring(0, 7)))
        .containsExactly("sent 10", "sent 30");
  }
}
