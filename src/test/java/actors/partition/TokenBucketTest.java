package actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private final TokenBucket bucket = new TokenBucket();

  @Test
  void letsEverythingGoUntilItIsLimited() {
    bucket.take(Long.MAX_VALUE, 0);

    assertThat(bucket.allowance(0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void beginsWithNothingSavedUp() {
    bucket.limitTo(1_000);

    assertThat(bucket.allowance(50)).isZero();
    assertThat(bucket.allowance(60)).isEqualTo(10);
  }

  @Test
  void savesUpASecondsWorthAtMost() {
    bucket.limitTo(1_000);
    bucket.allowance(0);

    assertThat(bucket.allowance(3_600_000)).isEqualTo(1_000);
  }

  @Test
  void waitsForWhatALargeMessageOwes() {
    bucket.limitTo(1_000);
    bucket.allowance(0);
    bucket.take(5_000, 1_000);

    assertThat(bucket.allowance(5_000)).isZero();
    assertThat(bucket.allowance(5_100)).isEqualTo(100);
  }

  @Test
  void letsNothingGoAtARateOfZero() {
    bucket.limitTo(0);

    assertThat(bucket.allowance(Long.MAX_VALUE / 2)).isZero();
  }

  @Test
  void takesALowerRateAtOnceAndAHigherOneFromNowOn() {
    bucket.limitTo(1_000_000);
    bucket.allowance(0);
    bucket.allowance(1_000);

    bucket.limitTo(10);
    assertThat(bucket.allowance(1_000)).isEqualTo(10);
    bucket.limitTo(1_000);
    assertThat(bucket.allowance(1_000)).isEqualTo(10);
    assertThat(bucket.allowance(1_100)).isEqualTo(110);
  }

  /** As somebody does who has endless data and sends whenever he may. */
  @Property
  void neverLetsMoreGoThanTheRateAllows(
      @ForAll @LongRange(min = 1, max = 1_000_000) long rate,
      @ForAll @Size(max = 100) List<@IntRange(min = 0, max = 3_000) Integer> pauses,
      @ForAll @IntRange(min = 1_000, max = 500_000) int message) {
    TokenBucket limited = new TokenBucket();
    limited.limitTo(rate);
    limited.allowance(0);
    long nowMillis = 0;
    long gone = 0;
    for (int pause : pauses) {
      nowMillis += pause;
      while (limited.allowance(nowMillis) > 0) {
        assertThat(gone * 1_000).isLessThanOrEqualTo(rate * nowMillis);
        limited.take(message, nowMillis);
        gone += message;
      }
    }
    assertThat((gone - message) * 1_000).isLessThanOrEqualTo(rate * nowMillis);
  }

  @Property
  void letsAsMuchGoAsTheRateAllowsToWhoAsksOften(
      @ForAll @LongRange(min = 1_000, max = 1_000_000) long rate,
      @ForAll @IntRange(min = 1_000, max = 10_000) int message) {
    TokenBucket limited = new TokenBucket();
    limited.limitTo(rate);
    limited.allowance(0);
    long gone = 0;
    for (long nowMillis = 0; nowMillis <= 10_000; nowMillis += 100) {
      while (limited.allowance(nowMillis) > 0) {
        limited.take(message, nowMillis);
        gone += message;
      }
    }

    assertThat(gone).isGreaterThanOrEqualTo(10 * rate - 1);
  }
}
