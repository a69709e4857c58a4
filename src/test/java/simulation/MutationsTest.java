package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each rule that is broken on purpose is found, and by what is there to find it: the simulation
 * would notice its loss.
 */
class MutationsTest {
  private static final int SEEDS_MAX = 60;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void isFoundByTheRuleThatItBreaks(Mutation mutation) {
    Optional<SimulationFailure> found = Optional.empty();
    for (long seed = 1; seed <= SEEDS_MAX && found.isEmpty(); seed++) {
      found = failureOf(mutation, seed);
    }
    assertThat(found).as("%s within %d seeds", mutation, SEEDS_MAX).isPresent();
    assertThat(found.get().rule())
        .as("what found %s: %s", mutation, found.get().getMessage())
        .isIn(mutation.foundBy());
  }

  private static Optional<SimulationFailure> failureOf(Mutation mutation, long seed) {
    try {
      if (mutation == Mutation.ANY_BROKER_EPOCH) {
        Scenarios.comeToRest(Scenarios.emptiedBehindTheLeadersBack(seed, mutation));
      } else {
        new World(Swarm.against(mutation, seed), mutation).runAll();
      }
      return Optional.empty();
    } catch (SimulationFailure failure) {
      return Optional.of(failure);
    }
  }
}
