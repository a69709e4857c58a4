package streams.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static final int STREAMS = 10;
  private static final long BYTES = 1_000;
  private static final long LEAST = 20;

  @Test
  void givesTheFirstWhatTheyWantAndTheLastTheLeast() {
    Shares shares = new Shares(BYTES, STREAMS, LEAST);
    List<Long> given = new ArrayList<>();
    for (int stream = 0; stream < STREAMS; stream++) {
      given.add(shares.take(400));
    }

    assertThat(given).containsExactly(400L, 400L, 60L, 20L, 20L, 20L, 20L, 20L, 20L, 20L);
  }

  @Test
  void makesTheLeastSmallerWhereItWouldNotFit() {
    Shares small = new Shares(100, STREAMS, LEAST);

    for (int stream = 0; stream < STREAMS; stream++) {
      assertThat(small.take(400)).isEqualTo(10);
    }
  }

  /** Negative: the stream of that number, of those that are open, ends. */
  @Property
  void neverGivesMoreThanThereIsNorLessThanTheLeast(
      @ForAll @Size(max = 50) List<@LongRange(min = -5, max = 500) Long> steps,
      @ForAll @IntRange(min = 1, max = STREAMS) int most) {
    Shares shares = new Shares(BYTES, STREAMS, LEAST);
    List<Long> open = new ArrayList<>();
    for (long step : steps) {
      if (step > 0 && open.size() < most) {
        long share = shares.take(step);
        assertThat(share).isBetween(Math.min(step, LEAST), step);
        open.add(share);
      } else if (step <= 0 && !open.isEmpty()) {
        shares.giveBack(open.remove((int) (-step % open.size())));
      }
      assertThat(open.stream().mapToLong(Long::longValue).sum()).isLessThanOrEqualTo(BYTES);
    }
  }
}
