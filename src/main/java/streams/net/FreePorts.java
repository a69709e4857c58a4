package streams.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on loopback for brokers that come back to where they were: below those that the system
 * gives to clients, so that no connection takes one meanwhile. Free when given; another program may
 * be quicker.
 */
public final class FreePorts {
  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;

  private FreePorts() {}

  /** So many, no two of them the same. */
  public static List<Integer> take(int count) {
    List<Integer> ports = new ArrayList<>();
    int begin = ThreadLocalRandom.current().nextInt(COUNT);
    for (int tries = 0; tries < COUNT && ports.size() < count; tries++) {
      int port = FIRST + (begin + tries) % COUNT;
      if (isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException(
          "%d ports of 127.0.0.1 are needed, and from %d to %d only %d are free"
              .formatted(count, FIRST, FIRST + COUNT - 1, ports.size()));
    }
    return ports;
  }

  /** Whether nobody listens there now. */
  public static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
