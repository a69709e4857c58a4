package storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FreeSpaceTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void keepsASmallShareOfASmallVolumeAndNoMoreThanALittleOfALargeOne() {
    assertThat(FreeSpace.bytesFreeMin(-1, 50 * MEBIBYTE)).isEqualTo(MEBIBYTE);
    assertThat(FreeSpace.bytesFreeMin(-1, 1 << 20 << 20)).isLessThanOrEqualTo(64 * MEBIBYTE);
    assertThat(FreeSpace.bytesFreeMin(-1, 1L << 50)).isEqualTo(64 * MEBIBYTE);
    assertThat(FreeSpace.bytesFreeMin(7, 1L << 50)).isEqualTo(7);
  }

  @Test
  void admitsNothingThatWouldTakeWhatHasToStayFree() {
    FreeSpace space = FreeSpace.unknown(100);

    assertThat(space.seen(110, 10).isEnough()).isTrue();
    assertThat(space.seen(109, 10).isEnough()).isFalse();
  }

  @Test
  void waitsForAQuarterMoreBeforeItAdmitsAgain() {
    FreeSpace scarce = FreeSpace.unknown(100).seen(99, 0);

    assertThat(scarce.seen(124, 0).isEnough()).isFalse();
    assertThat(scarce.seen(125, 0).isEnough()).isTrue();
    assertThat(scarce.seen(125, 0).seen(100, 0).isEnough()).isTrue();
  }

  @Test
  void neverMindsWhereNothingHasToStayFree() {
    assertThat(FreeSpace.unknown(0).seen(0, 1).isEnough()).isTrue();
  }

  @Property
  void isNeverEnoughBelowTheLeast(
      @ForAll @LongRange(min = 1, max = 1_000) long least,
      @ForAll @Size(max = 20) List<@LongRange(min = 0, max = 3_000) Long> looks,
      @ForAll @LongRange(min = 0, max = 500) long toWrite) {
    FreeSpace space = FreeSpace.unknown(least);
    for (long free : looks) {
      FreeSpace before = space;
      space = space.seen(free, toWrite);
      if (space.isEnough()) {
        assertThat(free - toWrite).isGreaterThanOrEqualTo(least);
      }
      if (free - toWrite >= least + least / 4) {
        assertThat(space.isEnough()).isTrue();
      }
      if (!before.isEnough() && space.isEnough()) {
        assertThat(free - toWrite).isGreaterThanOrEqualTo(least + least / 4);
      }
    }
  }
}
