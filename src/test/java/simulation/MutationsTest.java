package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule that is broken on purpose is found: the simulation would notice its loss. */
class MutationsTest {
  private static final int SEEDS_MAX = 100;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void isFound(Mutation mutation) {
    boolean found = false;
    for (long seed = 1; seed <= SEEDS_MAX && !found; seed++) {
      try {
        if (mutation == Mutation.ANY_BROKER_EPOCH) {
          Scenarios.comeToRest(Scenarios.emptiedBehindTheLeadersBack(seed, mutation));
        } else {
          new World(Swarm.against(mutation, seed), mutation).runAll();
        }
      } catch (SimulationFailure failure) {
        found = true;
      }
    }
    assertThat(found).as("%s within %d seeds", mutation, SEEDS_MAX).isTrue();
  }
}
