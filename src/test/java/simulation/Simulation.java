package simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * Runs seeds from the command line: {@code Simulation first=1 runs=1000 [threads=2] [mutation=NAME]
 * [trace] [everything]}. Says how far it is every half minute, and ends with 1 if a seed fails.
 *
 * <p>{@code trace}: the events of seeds that fail, as words, and the hash of all others; {@code
 * everything}: all invariants after each event, whatever that may have changed.
 */
public final class Simulation {
  private Simulation() {}

  static String commandOf(long seed, Mutation mutation) {
    return "mvn test -Dtest=RandomRunsTest -Dsimulation.seed="
        + seed
        + (mutation == Mutation.NONE ? "" : " (with mutation " + mutation + ")");
  }

  /**
   * What to run.
   *
   * @param threads worlds share nothing: as many run at once
   */
  record Order(
      long first, long runs, int threads, Mutation mutation, boolean trace, boolean everything) {
    static Order of(String[] arguments) {
      long first = 1;
      long runs = 1;
      int threads = 1;
      boolean trace = false;
      boolean everything = false;
      Mutation mutation = Mutation.NONE;
      for (String argument : arguments) {
        String value = argument.substring(argument.indexOf('=') + 1);
        if (argument.startsWith("first=")) {
          first = Long.parseLong(value);
        } else if (argument.startsWith("runs=")) {
          runs = Long.parseLong(value);
        } else if (argument.startsWith("threads=")) {
          threads = Integer.parseInt(value);
        } else if (argument.startsWith("mutation=")) {
          mutation = Mutation.valueOf(value.toUpperCase(Locale.ROOT));
        } else if (argument.equals("trace")) {
          trace = true;
        } else if (argument.equals("everything")) {
          everything = true;
        } else {
          throw new IllegalArgumentException("unknown argument: " + argument);
        }
      }
      if (runs < 1 || threads < 1) {
        throw new IllegalArgumentException("runs and threads are at least 1");
      }
      return new Order(first, runs, threads, mutation, trace, everything);
    }

    World world(long seed) {
      World world = new World(Swarm.against(mutation, seed), mutation);
      if (trace) {
        world.traced();
      }
      return everything ? world.watchedThroughout() : world;
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    Order order = Order.of(arguments);
    if (!order.trace()) {
      // Replicas complain of what is done to them; nobody reads it.
      LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
      loggers.getLoggerList().forEach(logger -> logger.setLevel(Level.OFF));
    }
    Runs runs = new Runs(order, System.out);
    runs.run();
    if (runs.hasFailed()) {
      System.exit(1);
    }
  }
}
