package cli;

import cli.data.OrderCheck.Verdict;
import java.util.Locale;

/** Says what came of a round trip. */
final class RoundTripReport {
  private final Console console;

  RoundTripReport(Console console) {
    this.console = console;
  }

  /** How much went each way, and how fast. */
  void sayAmounts(RoundTrip.Result result) {
    Verdict verdict = result.verdict();
    say(
        "Written and acknowledged: %s.",
        Progress.amount(verdict.sent(), result.bytes(), result.writtenNanos()));
    say(
        "Read back as it arrived:  %s.",
        Progress.amount(verdict.read(), result.bytes(), result.readNanos()));
  }

  /**
   * @param grown how many records the log has more than before
   * @return whether all came back as it was sent, each once
   */
  boolean sayVerdict(RoundTrip.Result result, long grown) {
    Verdict verdict = result.verdict();
    if (verdict.holds() && grown == verdict.sent()) {
      say(
          "Checked: every record came back once, and in order for each of %,d keys.",
          verdict.keys());
      if (verdict.recordsOnlyCounted() > 0) {
        say("(%,d records of further keys were counted only.)", verdict.recordsOnlyCounted());
      }
      return true;
    }
    console.out().flush();
    console.say(
        "granary: NOT as sent: %,d records sent, %,d in the log, %,d read; %,d of %,d keys differ in"
            + " count or order",
        verdict.sent(), grown, verdict.read(), verdict.keysDiffering(), verdict.keys());
    return false;
  }

  /** One line on standard output, at once. */
  void say(String format, Object... arguments) {
    console.out().println(String.format(Locale.ROOT, format, arguments));
    console.out().flush();
  }
}
