package simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random worlds: {@code -Dsimulation.runs=} how many, {@code -Dsimulation.seed=} from which seed on
 * (alone, unless it is said how many).
 */
class RandomRunsTest {
  private static final int RUNS = 200;

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
}
