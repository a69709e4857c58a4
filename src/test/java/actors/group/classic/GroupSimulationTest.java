package actors.group.classic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupSimulationTest {
  /** {@code -Dgroup.first=…} and {@code -Dgroup.runs=…} to search on, or to repeat one. */
  static LongStream seeds() {
    long first = Long.getLong("group.first", 1);
    return LongStream.range(first, first + Long.getLong("group.runs", 200));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sharesOutEveryPartitionOnceThroughFaultsAndAfterThem(long seed) {
    new SimWorld(seed).run();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void runsTheSameWayFromTheSameSeed(long seed) {
    assertThat(traceOf(seed)).isEqualTo(traceOf(seed));
  }

  @Test
  void runsAnotherWayFromAnotherSeed() {
    assertThat(traceOf(1)).isNotEqualTo(traceOf(2));
  }

  private static long traceOf(long seed) {
    SimWorld world = new SimWorld(seed);
    world.run();
    return world.traceHash();
  }
}
