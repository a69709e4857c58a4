package actors.group.consumer;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Virtual time: events in order of (time, number), one source of randomness, a hash of the trace.
 */
public final class SimClock {
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::atMillis).thenComparingLong(Event::number));
  private final Random random;
  private long nowMillis;
  private long number;
  private long trace = 17;

  public SimClock(long seed) {
    this.random = new Random(seed);
  }

  public long nowMillis() {
    return nowMillis;
  }

  public void after(long millis, Runnable what) {
    queue.add(new Event(nowMillis + millis, number++, what));
  }

  /** Runs the next event, if there is one before the end. */
  public boolean step(long endMillis) {
    if (queue.isEmpty() || queue.peek().atMillis() > endMillis) {
      nowMillis = Math.max(nowMillis, endMillis);
      return false;
    }
    Event event = queue.poll();
    nowMillis = event.atMillis();
    event.what().run();
    return true;
  }

  public void note(Object what) {
    trace = trace * 31 + nowMillis;
    trace = trace * 31 + what.toString().hashCode();
  }

  public long trace() {
    return trace;
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  public boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private record Event(long atMillis, long number, Runnable what) {}
}
