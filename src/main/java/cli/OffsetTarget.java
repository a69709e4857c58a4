package cli;

import java.time.ZoneId;
import org.apache.kafka.clients.admin.OffsetSpec;

/** Where a group is to go on. */
sealed interface OffsetTarget {
  /** What a partition's leader finds, such as its end. */
  record Found(OffsetSpec spec) implements OffsetTarget {}

  record At(long offset) implements OffsetTarget {}

  /** From where it is; back if negative. */
  record Shifted(long by) implements OffsetTarget {}

  /**
   * {@code beginning}, {@code end}, an offset, a time as {@link StartPoint} has it, {@code +N} or
   * {@code -N}.
   */
  static OffsetTarget parse(String text, ZoneId zone) {
    if (text.startsWith("+") || text.startsWith("-")) {
      try {
        return new Shifted(Long.parseLong(text));
      } catch (NumberFormatException e) {
        throw CommandFailure.usage("--to " + text + ": how many records to shift by?");
      }
    }
    StartPoint point = StartPoint.parse("--to", text, zone);
    if (point instanceof StartPoint.Beginning) {
      return new Found(OffsetSpec.earliest());
    }
    if (point instanceof StartPoint.End) {
      return new Found(OffsetSpec.latest());
    }
    return point instanceof StartPoint.Time time
        ? new Found(OffsetSpec.forTimestamp(time.timestampMillis()))
        : new At(((StartPoint.Offset) point).offset());
  }
}
