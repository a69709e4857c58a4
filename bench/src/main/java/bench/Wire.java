package bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Kafka's wire for one thread that speaks for thousands: requests go out on connections that many
 * share, answers come to whoever waits for them. A broker answers each connection in order, so what
 * may have to wait for others needs a connection of its own meanwhile.
 */
final class Wire implements AutoCloseable {
  private static final int FRAME_BYTES_MAX = 16 << 20;

  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();

  Wire() throws IOException {
    selector = Selector.open();
  }

  /** Who waits for the answer that is next. */
  private record Pending(RequestHeader header, Consumer<AbstractResponse> receiver) {}

  /** One connection; requests on it are answered in their order. */
  final class Connection {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private final Deque<Pending> unanswered = new ArrayDeque<>();
    private final ByteBuffer size = ByteBuffer.allocate(4);
    private ByteBuffer body;
    private int correlation;

    private Connection(InetSocketAddress address) throws IOException {
      channel = SocketChannel.open(address);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** The receiver is called from {@link Wire#poll}. */
    void send(AbstractRequest request, Consumer<AbstractResponse> receiver) {
      RequestHeader header =
          new RequestHeader(request.apiKey(), request.version(), "bench", ++correlation);
      ByteBuffer bytes = request.serializeWithHeader(header);
      unsent.add(ByteBuffer.allocate(4).putInt(bytes.remaining()).flip());
      unsent.add(bytes);
      unanswered.add(new Pending(header, receiver));
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }

    private void write() throws IOException {
      channel.write(unsent.toArray(ByteBuffer[]::new));
      while (!unsent.isEmpty() && !unsent.peek().hasRemaining()) {
        unsent.remove();
      }
      if (unsent.isEmpty()) {
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
      }
    }

    private void read() throws IOException {
      while (fill(body == null ? size : body)) {
        if (body == null) {
          int bytes = size.flip().getInt();
          size.clear();
          if (bytes < 0 || bytes > FRAME_BYTES_MAX) {
            throw new IOException("an answer of " + bytes + " bytes");
          }
          body = ByteBuffer.allocate(bytes);
        } else {
          ByteBuffer answer = body.flip();
          body = null;
          Pending pending = unanswered.remove();
          pending.receiver().accept(AbstractResponse.parseResponse(answer, pending.header()));
        }
      }
    }

    /** Whether the buffer is full. */
    private boolean fill(ByteBuffer buffer) throws IOException {
      if (channel.read(buffer) < 0) {
        throw new EOFException("the broker closed a connection");
      }
      return !buffer.hasRemaining();
    }
  }

  /** Connects; blocks until it is. */
  Connection connect(InetSocketAddress address) throws IOException {
    Connection connection = new Connection(address);
    connections.add(connection);
    return connection;
  }

  /** Sends and receives what there is; waits for this many milliseconds at most. */
  void poll(long millis) throws IOException {
    if (millis <= 0) {
      selector.selectNow();
    } else {
      selector.select(millis);
    }
    for (SelectionKey key : selector.selectedKeys()) {
      Connection connection = (Connection) key.attachment();
      if (key.isWritable()) {
        connection.write();
      }
      if (key.isReadable()) {
        connection.read();
      }
    }
    selector.selectedKeys().clear();
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
