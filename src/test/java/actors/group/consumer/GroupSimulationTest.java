package actors.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import actors.InvariantViolation;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class GroupSimulationTest {
  /** {@code -Dgroup.first=…} and {@code -Dgroup.runs=…} to search on, or to repeat one. */
  static LongStream seeds() {
    long first = Long.getLong("group.first", 0);
    return LongStream.range(first, first + Long.getLong("group.runs", 40));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void givesEachPartitionToOneMemberWhateverHappens(long seed) {
    GroupSimulation simulation = new GroupSimulation(seed);

    simulation.run();

    assertThat(simulation.happenings()).isGreaterThan(3);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void noticesARuleThatIsBroken(Tampering tampering) {
    assertThatThrownBy(
            () -> {
              for (long seed = 0; seed < 100; seed++) {
                new GroupSimulation(seed, tampering).run();
              }
            })
        .isInstanceOfAny(AssertionError.class, InvariantViolation.class);
  }

  @Test
  void repeatsItselfFromTheSameSeed() {
    assertThat(new GroupSimulation(42).run()).isEqualTo(new GroupSimulation(42).run());
  }
}
