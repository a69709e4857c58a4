package storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpaceGuardTest {
  private static final long LEAST = 1_000;

  private final List<String> said = new ArrayList<>();
  private long free = 1_000_000;
  private int looks;
  private long nowMillis = 5_000;
  private final SpaceGuard guard = guard(LEAST);

  private SpaceGuard guard(long least) {
    return new SpaceGuard(
        () -> {
          looks++;
          return free;
        },
        Path.of("/data/logs"),
        least,
        "the.setting",
        new SpaceWatcher() {
          @Override
          public void scarce(String sentence) {
            said.add("scarce: " + sentence);
          }

          @Override
          public void enoughAgain(String sentence) {
            said.add("enough: " + sentence);
          }
        });
  }

  private void write(long bytes) {
    guard.admit(bytes, nowMillis);
    free -= bytes;
  }

  @Test
  void looksSeldomWhereThereIsMuchSpace() {
    for (int i = 0; i < 1_000; i++) {
      write(100);
    }

    assertThat(looks).isLessThan(5);
  }

  @Test
  void looksAgainAfterAWhileWhicheverWayTheClockWent() {
    write(1);
    nowMillis += SpaceGuard.LOOK_AGAIN_MILLIS - 1;
    write(1);
    assertThat(looks).isEqualTo(1);

    nowMillis++;
    write(1);
    assertThat(looks).isEqualTo(2);
    nowMillis -= 3_600_000;
    write(1);
    assertThat(looks).isEqualTo(3);
  }

  @Test
  void stopsWritersBeforeTheVolumeIsFullThoughItSeldomLooks() {
    assertThatThrownBy(
            () -> {
              while (true) {
                write(100);
              }
            })
        .isInstanceOf(StorageFailure.class);

    assertThat(free).isBetween(LEAST - LEAST / 8 - 100, LEAST + 100);
    assertThat(looks).isLessThan(60);
  }

  @Test
  void saysOnceThatItIsScarceAndOnceThatItIsNot() {
    free = LEAST - 1;
    for (int i = 0; i < 3; i++) {
      nowMillis += SpaceGuard.LOOK_AGAIN_MILLIS;
      assertThatThrownBy(() -> guard.admit(1, nowMillis))
          .isInstanceOf(StorageFailure.class)
          .hasMessage(
              "No records are written: 999 bytes are free under /data/logs, and the.setting keeps"
                  + " 1000 free.")
          .matches(failure -> ((StorageFailure) failure).isForLackOfSpace())
          .matches(failure -> ((StorageFailure) failure).isForeseen());
    }
    free = 2 * LEAST;
    nowMillis += SpaceGuard.LOOK_AGAIN_MILLIS;
    write(1);
    write(1);

    assertThat(said).hasSize(2);
    assertThat(said.get(0)).startsWith("scarce: No records are written");
    assertThat(said.get(1))
        .isEqualTo(
            "enough: There is space for records again: 2000 bytes are free under /data/logs.");
  }

  @Test
  void doesNotLookWhileItRefusesButOnceInAWhile() {
    free = 0;
    for (int i = 0; i < 50; i++) {
      assertThatThrownBy(() -> guard.admit(1, nowMillis)).isInstanceOf(StorageFailure.class);
    }

    assertThat(looks).isEqualTo(1);
  }

  @Test
  void neverLooksWhereNothingHasToStayFree() {
    guard(0).admit(Long.MAX_VALUE, 1);

    assertThat(looks).isZero();
  }
}
