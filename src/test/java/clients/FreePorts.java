package clients;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Ports on loopback for brokers that are killed and come back: below those that the system gives to
 * clients, so that no connection takes one meanwhile, and in a lane that no other process of tests
 * uses, of this checkout or another.
 */
final class FreePorts {
  private static final int FIRST = 30_000;
  private static final int LANES = 6;
  private static final int LANE = 460;

  /** Listens at the first port of this process's lane for as long as the process lives. */
  private static final ServerSocket CLAIM = claim();

  private static final AtomicInteger NEXT = new AtomicInteger();

  private FreePorts() {}

  private static ServerSocket claim() {
    return IntStream.range(0, LANES)
        .mapToObj(lane -> listenAt(FIRST + lane * LANE))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("all ports from " + FIRST + " are other tests'"));
  }

  private static Optional<ServerSocket> listenAt(int port) {
    try {
      return Optional.of(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
    } catch (IOException taken) {
      return Optional.empty();
    }
  }

  static List<Integer> take(int count) {
    int first = CLAIM.getLocalPort() + 1;
    List<Integer> ports = new ArrayList<>();
    for (int tries = 1; tries < LANE && ports.size() < count; tries++) {
      int port = first + NEXT.getAndIncrement() % (LANE - 1);
      if (streams.net.FreePorts.isFree(port)) {
        ports.add(port);
      }
    }
    if (ports.size() < count) {
      throw new IllegalStateException("too few ports are free from %d on".formatted(first));
    }
    return ports;
  }
}
