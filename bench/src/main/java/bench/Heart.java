package bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** What all members of {@link GroupHeartbeats} share: connections, timers and figures. */
final class Heart implements AutoCloseable {
  static final int REBALANCE_MILLIS = 60_000;

  private static final long RETRY_MILLIS = 100;

  private final Wire wire = new Wire();
  private final List<Wire.Connection> shared = new ArrayList<>();
  private final Deque<Wire.Connection> free = new ArrayDeque<>();
  private final Deque<Consumer<Wire.Connection>> waiting = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::atNanos));
  private final Map<Errors, Integer> errors = new TreeMap<>();
  private long[] nanos = new long[1 << 16];
  private int beats;

  private record Timer(long atNanos, Runnable action) {}

  /**
   * @param sharedCount of the connections that heartbeats share
   * @param ownCount of those that are lent to one member at a time
   */
  Heart(InetSocketAddress broker, int sharedCount, int ownCount) throws IOException {
    for (int i = 0; i < sharedCount; i++) {
      shared.add(wire.connect(broker));
    }
    for (int i = 0; i < ownCount; i++) {
      free.add(wire.connect(broker));
    }
  }

  /** A connection for requests that are answered at once. */
  Wire.Connection shared(int number) {
    return shared.get(number % shared.size());
  }

  /** A connection for requests that may have to wait, as soon as there is one. */
  void borrow(Consumer<Wire.Connection> borrower) {
    if (free.isEmpty()) {
      waiting.add(borrower);
    } else {
      borrower.accept(free.remove());
    }
  }

  void giveBack(Wire.Connection connection) {
    if (waiting.isEmpty()) {
      free.add(connection);
    } else {
      waiting.remove().accept(connection);
    }
  }

  void after(long millis, Runnable action) {
    timers.add(new Timer(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), action));
  }

  /** Again after a short pause, since something was refused. */
  void retry(Runnable action) {
    after(RETRY_MILLIS, action);
  }

  void error(Errors error) {
    errors.merge(error, 1, Integer::sum);
  }

  /** A heartbeat was answered, so long after it was sent. */
  void beat(long tookNanos) {
    if (beats == nanos.length) {
      nanos = Arrays.copyOf(nanos, beats * 2);
    }
    nanos[beats++] = tookNanos;
  }

  /** Sends, receives and lets timers ring, for some milliseconds at most. */
  void poll() throws IOException {
    Timer next = timers.peek();
    long millis = next == null ? 10 : (next.atNanos() - System.nanoTime()) / 1_000_000;
    wire.poll(Math.min(millis, 10));
    while (!timers.isEmpty() && timers.peek().atNanos() <= System.nanoTime()) {
      timers.remove().action().run();
    }
  }

  /** Counts from here on. */
  void restart() {
    beats = 0;
    errors.clear();
  }

  int beats() {
    return beats;
  }

  /** All errors since the last restart, by name; or none. */
  String errors() {
    return errors.isEmpty() ? "none" : errors.toString().replace(" ", "");
  }

  /** Of the times that heartbeats took, this quantile, in milliseconds. */
  double quantile(double fraction) {
    long[] sorted = Arrays.copyOf(nanos, beats);
    Arrays.sort(sorted);
    return beats == 0 ? 0 : sorted[(int) (fraction * (beats - 1))] / 1e6;
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
