package streams.net;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that a listening socket accepts, as a source. Owns the socket: closes it when the
 * stream ends. Must run on a dispatcher of an {@link EventLoop}.
 */
public final class Accept extends GraphStage<SourceShape<SocketChannel>> {
  private static final Logger LOG = LoggerFactory.getLogger(Accept.class);
  private static final int BACKLOG = 512;
  private static final Duration RETRY = Duration.ofMillis(100);

  private final Outlet<SocketChannel> out = Outlet.create("Accept.out");
  private final SourceShape<SocketChannel> shape = SourceShape.of(out);
  private final ServerSocketChannel server;

  private Accept(ServerSocketChannel server) {
    this.server = server;
  }

  /**
   * Binds at once, so that a port that is taken is an error of the caller's and not of the
   * stream's.
   *
   * @param address port 0 takes a free one, see {@link #port}
   */
  public static Accept bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    try {
      server.configureBlocking(false);
      server.bind(address, BACKLOG);
      return new Accept(server);
    } catch (IOException notBound) {
      server.close();
      throw notBound;
    }
  }

  public int port() {
    return server.socket().getLocalPort();
  }

  /** Gives the socket up that no stream has come to own. */
  public void close() throws IOException {
    server.close();
  }

  @Override
  public SourceShape<SocketChannel> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private SelectionKey key;

    Logic() {
      super(shape);
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              accept();
            }
          });
    }

    @Override
    public void preStart() throws Exception {
      AsyncCallback<Integer> ready = createAsyncCallback(operations -> accept());
      key = EventLoop.current().register(server, 0, ready::invoke);
    }

    @Override
    public void postStop() throws Exception {
      server.close();
    }

    private void accept() {
      if (!isAvailable(out)) {
        return;
      }
      try {
        SocketChannel accepted = server.accept();
        if (accepted == null) {
          key.interestOpsOr(SelectionKey.OP_ACCEPT);
        } else {
          push(out, accepted);
        }
      } catch (IOException refused) {
        // Out of file descriptors, or the peer gave up in the backlog: the next one may fare
        // better.
        LOG.warn("a connection could not be accepted: {}", refused.toString());
        scheduleOnce("again", RETRY);
      }
    }

    @Override
    public void onTimer(Object timer) {
      accept();
    }
  }
}
