package clients;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports on loopback for brokers that are killed and come back: below those that the system gives to
 * clients, so that no connection takes one meanwhile.
 */
final class FreePorts {
  private static final int FIRST = 31_000;
  private static final int END = 32_700;
  private static final AtomicInteger NEXT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % (END - FIRST)));

  private FreePorts() {}

  static List<Integer> take(int count) {
    List<Integer> ports = new ArrayList<>();
    for (int tries = 0; tries < END - FIRST && ports.size() < count; tries++) {
      int port = FIRST + NEXT.getAndIncrement() % (END - FIRST);
      if (streams.net.FreePorts.isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException("too few ports are free from " + FIRST + " to " + END);
    }
    return ports;
  }
}
