package streams;

/** Where reading of a partition starts. */
public sealed interface StartPoint {
  /** Where the settings say. */
  record AsConfigured() implements StartPoint {}

  record At(StartPosition position) implements StartPoint {}

  record AtOffset(long offset) implements StartPoint {
    public AtOffset {
      if (offset < 0) {
        throw new IllegalArgumentException("an offset is not negative: " + offset);
      }
    }
  }

  /** At the first record with this timestamp or a later one; at the end if there is none. */
  record AtTime(long timestampMillis) implements StartPoint {}
}
