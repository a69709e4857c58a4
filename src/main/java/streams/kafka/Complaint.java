package streams.kafka;

import java.time.Duration;
import java.util.Optional;

/**
 * One matter that may be wrong for long, and when it is to be said: when it changes, and then now
 * and then as long as it lasts. Immutable.
 *
 * @param said what was said last; empty while all is well
 * @param saidMillis when; monotonic
 */
record Complaint(Optional<String> said, long saidMillis) {
  private static final Duration AGAIN = Duration.ofMinutes(10);

  static final Complaint NONE = new Complaint(Optional.empty(), 0);

  /**
   * @param wrong what is wrong now; empty if nothing is
   */
  boolean isToBeSaid(Optional<String> wrong, long nowMillis) {
    return wrong.isPresent() && (!wrong.equals(said) || nowMillis - saidMillis >= AGAIN.toMillis());
  }

  /** Whether what was wrong is well again. */
  boolean isOver(Optional<String> wrong) {
    return said.isPresent() && wrong.isEmpty();
  }

  /** After whatever was to be said has been. */
  Complaint after(Optional<String> wrong, long nowMillis) {
    if (wrong.isEmpty()) {
      return NONE;
    }
    return isToBeSaid(wrong, nowMillis) ? new Complaint(wrong, nowMillis) : this;
  }
}
