package cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;

/** Where reading begins. */
sealed interface StartPoint {
  record Beginning() implements StartPoint {}

  record End() implements StartPoint {}

  record Offset(long offset) implements StartPoint {}

  /** The first record at or after this time. */
  record Time(long timestampMillis) implements StartPoint {}

  /**
   * {@code beginning}, {@code end}, an offset, {@code @} and milliseconds since 1970, or a date or
   * time in ISO 8601 (in this machine's zone where it says none).
   */
  static StartPoint parse(String text, ZoneId zone) {
    return parse("--from", text, zone);
  }

  /**
   * @param option whose value it is, for the complaint
   */
  static StartPoint parse(String option, String text, ZoneId zone) {
    if (text.equals("beginning")) {
      return new Beginning();
    }
    if (text.equals("end")) {
      return new End();
    }
    try {
      if (text.startsWith("@")) {
        return new Time(Long.parseLong(text.substring(1)));
      }
      if (text.chars().allMatch(Character::isDigit)) {
        return new Offset(Long.parseLong(text));
      }
    } catch (NumberFormatException e) {
      throw unreadable(option, text);
    }
    List<Function<String, Instant>> forms =
        List.of(
            Instant::parse,
            form -> OffsetDateTime.parse(form).toInstant(),
            form -> LocalDateTime.parse(form).atZone(zone).toInstant(),
            form -> LocalDate.parse(form).atStartOfDay(zone).toInstant());
    for (Function<String, Instant> form : forms) {
      try {
        return new Time(form.apply(text).toEpochMilli());
      } catch (DateTimeException e) {
        // Perhaps the next form.
      }
    }
    throw unreadable(option, text);
  }

  private static CommandFailure unreadable(String option, String text) {
    return CommandFailure.usage(
        option
            + " "
            + text
            + " is neither beginning, end, an offset, @MILLISECONDS nor a time such as"
            + " 2026-01-31T12:00:00Z");
  }
}
