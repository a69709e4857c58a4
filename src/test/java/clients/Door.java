package clients;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;

/**
 * Stands where a node says that its remoting is, and passes on to where it really listens. Open
 * only while somebody listens there, so that connections are refused exactly when they would be.
 */
final class Door implements Closeable {
  private static final int CONNECT_MILLIS = 2000;
  private static final int LOOK_AGAIN_MILLIS = 20;

  private final int node;
  private final InetSocketAddress outside;
  private final InetSocketAddress inside;
  private final Network network;
  private final Thread keeper;
  private volatile boolean closed;
  private ServerSocket listening;

  Door(int node, int outsidePort, int insidePort, Network network) {
    this.node = node;
    this.outside = new InetSocketAddress(InetAddress.getLoopbackAddress(), outsidePort);
    this.inside = new InetSocketAddress(InetAddress.getLoopbackAddress(), insidePort);
    this.network = network;
    this.keeper = new Thread(this::keep, "door-" + node);
    this.keeper.setDaemon(true);
  }

  void open() {
    keeper.start();
  }

  private void keep() {
    try {
      while (!closed) {
        if (somebodyListens()) {
          serve();
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean somebodyListens() {
    try (Socket probe = new Socket()) {
      probe.connect(inside, CONNECT_MILLIS);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /** Takes connections until nobody listens inside any more. */
  private void serve() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(outside);
      listen(socket);
      while (true) {
        pass(socket.accept());
      }
    } catch (IOException shut) {
      listen(null);
    }
  }

  private synchronized void listen(ServerSocket socket) {
    listening = socket;
  }

  private void pass(Socket client) throws IOException {
    Socket server = new Socket();
    try {
      server.connect(inside, CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException gone) {
      shut();
      client.close();
      server.close();
      throw gone;
    }
    Optional<Integer> peer = network.nodeAt(client.getInetAddress());
    Link in = peer.map(from -> network.link(from, node)).orElseGet(Link::new);
    Link out = peer.map(to -> network.link(node, to)).orElseGet(Link::new);
    String name = "to-" + node + "-from-" + client.getPort();
    new Pipe(client, server, in, () -> {}).start(name);
    new Pipe(server, client, out, this::shutIfDeserted).start(name + "-back");
  }

  private void shutIfDeserted() {
    if (!somebodyListens()) {
      shut();
    }
  }

  private synchronized void shut() {
    try {
      if (listening != null) {
        listening.close();
      }
    } catch (SocketException alreadyClosed) {
      // That is what was wanted.
    } catch (IOException e) {
      throw new IllegalStateException("a listening socket that does not close", e);
    }
  }

  @Override
  public void close() {
    closed = true;
    shut();
  }
}
