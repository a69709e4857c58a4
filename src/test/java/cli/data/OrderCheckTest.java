package cli.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
  private final OrderCheck check = new OrderCheck(10);

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(UTF_8);
  }

  private void read(String... pairs) {
    for (String pair : pairs) {
      check.read(bytes(pair.substring(0, 1)), bytes(pair.substring(1)));
    }
  }

  @Nested
  class AfterTwoKeysWereSent {
    @BeforeEach
    void send() {
      for (String pair : List.of("a1", "b1", "a2", "b2", "a3")) {
        check.sent(bytes(pair.substring(0, 1)), bytes(pair.substring(1)));
      }
    }

    @Test
    void acceptsAnotherOrderBetweenKeys() {
      read("b1", "b2", "a1", "a2", "a3");

      assertThat(check.verdict()).isEqualTo(new OrderCheck.Verdict(5, 5, 2, 0, 0));
      assertThat(check.verdict().holds()).isTrue();
    }

    @Test
    void seesASwapWithinAKey() {
      read("a2", "a1", "a3", "b1", "b2");

      assertThat(check.verdict().keysDiffering()).isEqualTo(1);
      assertThat(check.verdict().holds()).isFalse();
    }

    @Test
    void seesALoss() {
      read("a1", "a2", "a3", "b1");

      assertThat(check.verdict().holds()).isFalse();
    }

    @Test
    void seesACopyThatMakesUpForALoss() {
      read("a1", "a1", "a3", "b1", "b2");

      assertThat(check.verdict().sent()).isEqualTo(check.verdict().read());
      assertThat(check.verdict().holds()).isFalse();
    }

    @Test
    void seesAChangedValue() {
      read("a1", "a2", "a4", "b1", "b2");

      assertThat(check.verdict().holds()).isFalse();
    }

    @Test
    void seesARecordUnderTheWrongKey() {
      read("a1", "b2", "a3", "b1", "a2");

      assertThat(check.verdict().holds()).isFalse();
    }
  }

  @Test
  void tellsWhereOneValueEndsAndTheNextBegins() {
    check.sent(bytes("k"), bytes("ab"));
    check.sent(bytes("k"), bytes("c"));
    check.read(bytes("k"), bytes("a"));
    check.read(bytes("k"), bytes("bc"));

    assertThat(check.verdict().holds()).isFalse();
  }

  @Test
  void onlyCountsRecordsWithoutAKeyAndOfKeysBeyondTheLimit() {
    for (int i = 0; i < 15; i++) {
      check.sent(bytes("key" + i), bytes("v"));
      check.read(bytes("key" + i), bytes("v"));
    }
    check.sent(null, bytes("v"));
    check.read(null, bytes("v"));

    assertThat(check.verdict()).isEqualTo(new OrderCheck.Verdict(16, 16, 10, 0, 5));
  }
}
