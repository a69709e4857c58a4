package clients;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/** Kafka's wire by hand: a client that may say anything. */
final class WireConnection implements AutoCloseable {
  /** Long enough for a busy machine; a broker that needs more has hung. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private int correlation;

  private WireConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.out = socket.getOutputStream();
  }

  static WireConnection to(RunningBroker broker) throws IOException {
    return to(broker.port());
  }

  /** To whatever listens there on loopback. */
  static WireConnection to(int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) PATIENCE.toMillis());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.setTcpNoDelay(true);
      return new WireConnection(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends the request and waits for its answer. */
  AbstractResponse ask(AbstractRequest request) throws IOException {
    return receive(send(request));
  }

  /** Sends the request; the header tells how to read the answer. */
  RequestHeader send(AbstractRequest request) throws IOException {
    RequestHeader header = header(request, ++correlation);
    sendFrame(request.serializeWithHeader(header));
    return header;
  }

  /** The answer that is next, taken for the one to this request. */
  AbstractResponse receive(RequestHeader header) throws IOException {
    return AbstractResponse.parseResponse(receiveFrame(), header);
  }

  /** Sends length and body. */
  void sendFrame(ByteBuffer body) throws IOException {
    sendBytes(framed(body));
  }

  void sendBytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The body of the next frame. */
  ByteBuffer receiveFrame() throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] body = new byte[data.readInt()];
    data.readFully(body);
    return ByteBuffer.wrap(body);
  }

  /** Nothing more will be sent. */
  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /**
   * Reads answers, if any, until the broker ends the connection.
   *
   * @return false if it was still open after a long time
   */
  boolean endsByItself() throws IOException {
    byte[] buffer = new byte[8192];
    try {
      while (in.read(buffer) >= 0) {
        // An answer to what came before.
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true; // reset
    }
  }

  /** Reads the next frame, or learns that there is none. */
  boolean answersOrEnds() throws IOException {
    try {
      receiveFrame();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (EOFException | SocketException e) {
      return true;
    }
  }

  void patience(Duration duration) throws IOException {
    socket.setSoTimeout((int) duration.toMillis());
  }

  static RequestHeader header(AbstractRequest request, int correlation) {
    return new RequestHeader(request.apiKey(), request.version(), "wire", correlation);
  }

  /** Length and body. */
  static byte[] framed(ByteBuffer body) {
    return ByteBuffer.allocate(4 + body.remaining())
        .putInt(body.remaining())
        .put(body.duplicate())
        .array();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
