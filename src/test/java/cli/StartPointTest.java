package cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartPointTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Zurich");

  private static StartPoint parse(String text) {
    return StartPoint.parse(text, ZONE);
  }

  @Test
  void readsTheTwoEndsAndAnOffset() {
    assertThat(parse("beginning")).isEqualTo(new StartPoint.Beginning());
    assertThat(parse("end")).isEqualTo(new StartPoint.End());
    assertThat(parse("42")).isEqualTo(new StartPoint.Offset(42));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@1769860800000",
        "2026-01-31T12:00:00Z",
        "2026-01-31T13:00:00+01:00",
        "2026-01-31T13:00:00",
        "2026-01-31T13:00"
      })
  void readsATimeInAnyOfItsForms(String text) {
    assertThat(parse(text)).isEqualTo(new StartPoint.Time(1_769_860_800_000L));
  }

  @Test
  void readsADateAsItsFirstMomentHere() {
    assertThat(parse("2026-01-31")).isEqualTo(new StartPoint.Time(1_769_814_000_000L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "@", "@x", "-5", "latest", "99999999999999999999", "2026-13-01"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(CommandFailure.class);
  }
}
