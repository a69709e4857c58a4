package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Random worlds: {@code -Dsimulation.runs=} how many, {@code -Dsimulation.seed=} from which seed on
 * (alone, unless it is said how many).
 */
class RandomRunsTest {
  private static final int RUNS = 1_000;
  private static final int WATCHED_THROUGHOUT = 10;

  @Test
  void keepsEveryRuleThroughWhateverHappensAndComesToRestAfterwards() {
    boolean chosen = System.getProperty("simulation.seed") != null;
    long first = Long.getLong("simulation.seed", 1);
    int runs = Integer.getInteger("simulation.runs", chosen ? 1 : RUNS);
    List<String> failures = new ArrayList<>();
    for (long seed = first; seed < first + runs && failures.size() < 3; seed++) {
      try {
        World world = new World(Swarm.from(seed), Mutation.NONE);
        (runs == 1 ? world.traced() : world).runAll();
      } catch (SimulationFailure failure) {
        failures.add(failure.getMessage());
      }
    }
    assertThat(failures).isEmpty();
  }

  @Test
  void givesTheSameTraceForTheSameSeed() {
    for (long seed = 1; seed <= 5; seed++) {
      assertThat(traceOf(seed)).as("trace of seed %d", seed).isEqualTo(traceOf(seed));
    }
  }

  private static long traceOf(long seed) {
    return new World(Swarm.from(seed), Mutation.NONE).runAll().traceHash();
  }

  @Test
  void seesAsMuchWhereItLooksOnlyAtWhatMayHaveChanged() {
    for (Mutation mutation : List.of(Mutation.NONE, Mutation.CONFIRM_BEFORE_APPEND)) {
      for (long seed = 1; seed <= WATCHED_THROUGHOUT; seed++) {
        World throughout = world(seed, mutation).watchedThroughout();
        World world = world(seed, mutation);

        assertThat(ruleBrokenIn(world))
            .as("seed %d with %s", seed, mutation)
            .isEqualTo(ruleBrokenIn(throughout));
        assertThat(world.eventCount()).isEqualTo(throughout.eventCount());
        assertThat(world.traceHash()).isEqualTo(throughout.traceHash());
      }
    }
  }

  private static World world(long seed, Mutation mutation) {
    return new World(Swarm.against(mutation, seed), mutation);
  }

  private static Optional<Rule> ruleBrokenIn(World world) {
    try {
      world.runAll();
      return Optional.empty();
    } catch (SimulationFailure failure) {
      return Optional.of(failure.rule());
    }
  }
}
