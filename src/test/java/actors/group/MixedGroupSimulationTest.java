package actors.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.InvariantViolation;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class MixedGroupSimulationTest {
  /** {@code -Dgroup.first=…} and {@code -Dgroup.runs=…} to search on, or to repeat one. */
  static LongStream seeds() {
    long first = Long.getLong("group.first", 0);
    return LongStream.range(first, first + Long.getLong("group.runs", 100));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sharesOutEveryPartitionOnceWhileTheProtocolChanges(long seed) {
    new MixedWorld(seed).run();
  }

  @Test
  void changesTheProtocolOftenEnoughToProveAnything() {
    int changes = 0;
    for (long seed = 0; seed < 20; seed++) {
      MixedWorld world = new MixedWorld(seed);
      world.run();
      changes += world.rules.changes();
    }

    assertThat(changes).isGreaterThan(40);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void noticesARuleThatIsBroken(MixedTampering tampering) {
    assertThatThrownBy(
            () -> {
              for (long seed = 0; seed < 100; seed++) {
                new MixedWorld(seed, tampering).run();
              }
            })
        .isInstanceOfAny(AssertionError.class, InvariantViolation.class);
  }

  @Test
  void repeatsItselfFromTheSameSeed() {
    assertThat(new MixedWorld(42).run()).isEqualTo(new MixedWorld(42).run());
  }
}
