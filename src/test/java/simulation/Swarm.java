package simulation;

import java.util.Random;

/** Turns a seed into a world: each kind of fault is often left out, so that others come closer. */
public final class Swarm {
  private static final int COMPACTED_ONE_IN = 12;
  private static final int DELETED_FROM_ONE_IN = 4;
  private static final int FALSELY_DEAD_ONE_IN = 5;

  private Swarm() {}

  public static Settings from(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + 7);
    int[] sizes = {3, 3, 3, 3, 5, 5, 4, 2, 1};
    int brokers = sizes[random.nextInt(sizes.length)];
    int factor = random.nextInt(3) == 0 ? 1 + random.nextInt(brokers) : Math.min(3, brokers);
    int minInSync = factor == 1 ? 1 : 1 + random.nextInt(factor);
    if (factor == 3 && random.nextInt(2) == 0) {
      minInSync = 2;
    }
    return new Settings(
        seed,
        brokers,
        1 + random.nextInt(2),
        factor,
        minInSync,
        random.nextInt(3) == 0,
        random.nextInt(12) == 0,
        weather(random),
        faults(seed, random),
        new Settings.Workload(
            1 + random.nextInt(3),
            random.nextInt(3),
            random.nextInt(3),
            Math.floorMod(seed, DELETED_FROM_ONE_IN) == 1 ? 1 : 0,
            1 + random.nextInt(5),
            5_000 + random.nextInt(200_000)),
        8_000_000 + random.nextInt(20_000_000),
        random.nextInt(3) == 0 ? 10_000 : 500 + random.nextInt(2_500),
        random.nextInt(15) == 0,
        random.nextInt(4) == 0,
        Math.floorMod(seed, COMPACTED_ONE_IN) == 0);
  }

  /** A world in which the rule that was broken is leaned on. */
  static Settings against(Mutation mutation, long seed) {
    boolean reigns = mutation == Mutation.ANY_EPOCH;
    if (!reigns && mutation != Mutation.UNCONDITIONAL_APPEND) {
      return from(seed);
    }
    return new Settings(
        seed,
        3,
        1,
        3,
        2,
        false,
        false,
        new SimNetwork.Weather(100, reigns ? 150_000 : 20_000, 0.02, 0.02, 0.02, !reigns),
        new Settings.Faults(
            0.1,
            0,
            0,
            0,
            0.2,
            0.2,
            0.8,
            reigns ? 1.5 : 0.3,
            0,
            0,
            0,
            reigns ? 0 : 1.5,
            1.5,
            0,
            0,
            0),
        new Settings.Workload(3, 2, 0, 0, 5, reigns ? 8_000 : 30_000),
        12_000_000,
        1_000,
        false,
        false,
        false);
  }

  private static SimNetwork.Weather weather(Random random) {
    if (random.nextInt(4) == 0) {
      return SimNetwork.Weather.FAIR;
    }
    return new SimNetwork.Weather(
        100,
        1_000 + random.nextInt(random.nextInt(3) == 0 ? 400_000 : 30_000),
        often(random, 0.2),
        often(random, 0.2),
        often(random, 0.05),
        random.nextBoolean());
  }

  private static Settings.Faults faults(long seed, Random random) {
    return new Settings.Faults(
        often(random, 0.8),
        often(random, 0.3),
        often(random, 0.5),
        often(random, 0.2),
        often(random, 0.6),
        often(random, 0.6),
        often(random, 0.6),
        often(random, 0.6),
        random.nextInt(6) == 0 ? often(random, 0.3) : 0,
        random.nextInt(6) == 0 ? often(random, 0.3) : 0,
        often(random, 0.2),
        often(random, 0.4),
        often(random, 0.6),
        random.nextInt(4) == 0 ? 0.1 : 0,
        often(random, 0.4),
        Math.floorMod(seed, FALSELY_DEAD_ONE_IN) == 2 ? 0.5 : 0);
  }

  private static double often(Random random, double most) {
    return random.nextBoolean() ? 0 : random.nextDouble() * most;
  }
}
