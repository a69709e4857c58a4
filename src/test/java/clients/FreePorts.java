package clients;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports on loopback for brokers that are killed and come back: below those that the system gives to
 * clients, so that no connection takes one meanwhile, and other ones than those of the test classes
 * that run beside this one.
 */
final class FreePorts {
  private static final int LANES = 4;
  private static final int LANE = 425;
  private static final int FIRST = 31_000 + Integer.getInteger("granary.fork", 0) % LANES * LANE;
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % LANE));

  private FreePorts() {}

  static List<Integer> take(int count) {
    List<Integer> ports = new ArrayList<>();
    for (int tries = 0; tries < LANE && ports.size() < count; tries++) {
      int port = FIRST + NEXT.getAndIncrement() % LANE;
      if (streams.net.FreePorts.isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException(
          "too few ports are free from %d to %d".formatted(FIRST, FIRST + LANE - 1));
    }
    return ports;
  }
}
