package simulation;

import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The links between nodes, each direction by itself: delay, loss, duplication, reordering, and
 * cuts. Decides when a message arrives; the world delivers it.
 */
public final class SimNetwork {
  private static final long[] LOST = {};

  private final Random random;
  private Weather weather;
  private final TreeSet<Long> cuts = new TreeSet<>();
  private final TreeMap<Long, Long> clogs = new TreeMap<>();
  private final TreeMap<Long, Long> lastArrivals = new TreeMap<>();

  /**
   * How messages fare.
   *
   * @param lossRate share of messages that never arrive
   * @param doubleRate share that arrive twice
   * @param inOrder whether messages of one link keep their order
   */
  public record Weather(
      long delayMicrosMin,
      long delayMicrosMax,
      double lossRate,
      double doubleRate,
      double slowRate,
      boolean inOrder) {
    static final Weather FAIR = new Weather(100, 2_000, 0, 0, 0, true);
  }

  SimNetwork(long seed, Weather weather) {
    this.random = new Random(seed);
    this.weather = weather;
  }

  void become(Weather next) {
    weather = next;
  }

  private static long link(int from, int to) {
    return ((long) from << 32) | to;
  }

  /** One way. */
  public void cut(int from, int to) {
    cuts.add(link(from, to));
  }

  public void cutBothWays(int one, int other) {
    cut(one, other);
    cut(other, one);
  }

  /** All of one side from all of the other, and nobody else. */
  public void isolate(World world, int node) {
    for (SimBroker broker : world.brokers()) {
      if (broker.id() != node) {
        cutBothWays(node, broker.id());
      }
    }
  }

  void mend(int from, int to) {
    cuts.remove(link(from, to));
  }

  public void mendAll() {
    cuts.clear();
    clogs.clear();
  }

  /** Nothing arrives before. */
  void clog(int from, int to, long untilMicros) {
    clogs.put(link(from, to), untilMicros);
  }

  boolean isCut(int from, int to) {
    return cuts.contains(link(from, to));
  }

  boolean connects(int one, int other) {
    return one == other || (!isCut(one, other) && !isCut(other, one));
  }

  /** In how many micros the copies of a message arrive; none if it is lost. */
  long[] arrivals(int from, int to, long nowMicros) {
    if (from == to) {
      return new long[] {arrival(from, to, nowMicros, 10)};
    }
    if (isCut(from, to) || random.nextDouble() < weather.lossRate()) {
      return LOST;
    }
    if (random.nextDouble() < weather.doubleRate()) {
      return new long[] {
        arrival(from, to, nowMicros, delay()), arrival(from, to, nowMicros, delay())
      };
    }
    return new long[] {arrival(from, to, nowMicros, delay())};
  }

  private long delay() {
    long spread = weather.delayMicrosMax() - weather.delayMicrosMin();
    long delay = weather.delayMicrosMin() + (long) (random.nextDouble() * spread);
    return random.nextDouble() < weather.slowRate() ? 20 * delay : delay;
  }

  private long arrival(int from, int to, long nowMicros, long delay) {
    long link = link(from, to);
    long at = Math.max(nowMicros + delay, clogs.getOrDefault(link, 0L));
    if (weather.inOrder()) {
      at = Math.max(at, lastArrivals.getOrDefault(link, 0L));
      lastArrivals.put(link, at);
    }
    return at - nowMicros;
  }
}
