package simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs seeds from the command line: {@code Simulation first=1 runs=1000 [mutation=NAME] [trace]}.
 * Ends with 1 if a seed fails.
 */
public final class Simulation {
  private Simulation() {}

  static String commandOf(long seed, Mutation mutation) {
    return "mvn test -Dtest=RandomRunsTest -Dsimulation.seed="
        + seed
        + (mutation == Mutation.NONE ? "" : " (with mutation " + mutation + ")");
  }

  /** One seed, from its beginning to its checks. */
  public static World run(long seed, Mutation mutation) {
    return new World(Swarm.from(seed), mutation).runAll();
  }

  public static void main(String[] arguments) {
    long first = 1;
    long runs = 1;
    boolean trace = false;
    Mutation mutation = Mutation.NONE;
    for (String argument : arguments) {
      String value = argument.substring(argument.indexOf('=') + 1);
      if (argument.startsWith("first=")) {
        first = Long.parseLong(value);
      } else if (argument.startsWith("runs=")) {
        runs = Long.parseLong(value);
      } else if (argument.startsWith("mutation=")) {
        mutation = Mutation.valueOf(value.toUpperCase(Locale.ROOT));
      } else if (argument.equals("trace")) {
        trace = true;
      } else {
        throw new IllegalArgumentException("unknown argument: " + argument);
      }
    }
    List<Long> failed = new ArrayList<>();
    long events = 0;
    long acknowledged = 0;
    long lossy = 0;
    long started = System.nanoTime();
    for (long seed = first; seed < first + runs; seed++) {
      World world = new World(Swarm.against(mutation, seed), mutation);
      if (trace) {
        world.traced();
      }
      try {
        world.runAll();
        if (trace) {
          System.out.println(world.history() + " hash " + world.traceHash());
        }
      } catch (SimulationFailure failure) {
        failed.add(seed);
        String text = failure.getMessage();
        System.out.println(
            "seed " + seed + " FAILED: " + (trace ? text : text.lines().limit(2).toList()));
        if (trace && failure.getCause() != null) {
          failure.getCause().printStackTrace(System.out);
        }
      }
      events += world.eventCount();
      acknowledged += world.history().acknowledged().size();
      lossy += world.mayHaveLost() ? 1 : 0;
    }
    System.out.printf(
        "%d seeds, %d failed, %d where loss was allowed, %d events, %d batches acknowledged, %d s%n",
        runs,
        failed.size(),
        lossy,
        events,
        acknowledged,
        (System.nanoTime() - started) / 1_000_000_000);
    if (!failed.isEmpty()) {
      System.out.println("failed: " + failed);
      System.exit(1);
    }
  }
}
