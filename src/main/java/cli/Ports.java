package cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports on loopback. An answer is true when given; another program may be quicker. */
final class Ports {
  private Ports() {}

  static boolean isValid(int port) {
    return port >= 1 && port <= 65_535;
  }

  static int anyFree() {
    return free(1).get(0);
  }

  /** So many, no two of them the same. */
  static List<Integer> free(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException("too few ports are free on the loopback interface", e);
    }
  }
}
