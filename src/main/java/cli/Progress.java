package cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Says how far a long job is. Silent for the first second, so that short jobs stay quiet; then one
 * line that overwrites itself on a terminal, or a line every few seconds in a file.
 */
final class Progress implements AutoCloseable {
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long TERMINAL_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long FILE_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final PrintStream err;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private long nextNanos;
  private int widthOnScreen;

  Progress(Console console) {
    this(console.err(), console.terminal(), System::nanoTime);
  }

  Progress(PrintStream err, boolean terminal, LongSupplier nanoTime) {
    this.err = err;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    this.nextNanos = startNanos + SILENT_NANOS;
  }

  /**
   * Cheap enough to call for each record.
   *
   * @param records done so far
   * @param bytes done so far
   */
  void update(String verb, long records, long bytes) {
    long now = nanoTime.getAsLong();
    if (now - nextNanos < 0) {
      return;
    }
    nextNanos = now + (terminal ? TERMINAL_INTERVAL_NANOS : FILE_INTERVAL_NANOS);
    show(verb + " " + amount(records, bytes, now - startNanos));
  }

  long elapsedNanos() {
    return nanoTime.getAsLong() - startNanos;
  }

  private void show(String line) {
    if (!terminal) {
      err.println(line);
      return;
    }
    err.print("\r" + line + " ".repeat(Math.max(0, widthOnScreen - line.length())));
    err.flush();
    widthOnScreen = line.length();
  }

  @Override
  public void close() {
    clear();
  }

  /** Takes the line off the screen, so that what is printed next starts on an empty one. */
  void clear() {
    if (widthOnScreen > 0) {
      err.print("\r" + " ".repeat(widthOnScreen) + "\r");
      err.flush();
      widthOnScreen = 0;
    }
  }

  /** Such as {@code 10,000 records, 1.2 MB, 0.8 s, 12,345 records/s, 1.5 MB/s}. */
  static String amount(long records, long bytes, long nanos) {
    double seconds = Math.max(nanos, 1) / 1e9;
    return String.format(
        Locale.ROOT,
        "%,d records, %.1f MB in %.1f s (%,.0f records/s, %.1f MB/s)",
        records,
        bytes / 1e6,
        seconds,
        records / seconds,
        bytes / 1e6 / seconds);
  }
}
