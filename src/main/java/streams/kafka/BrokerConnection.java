package streams.kafka;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A connection to one certain broker, for questions that Kafka's clients cannot be made to ask: one
 * after the other, each in the newest version that both sides know. Blocks; for one thread.
 */
public final class BrokerConnection implements AutoCloseable {
  private static final String CLIENT_ID = "granary";
  private static final short FIRST = 0;

  private final Socket socket;
  private final Duration patience;
  private ApiVersionsResponseData versions = new ApiVersionsResponseData();
  private int correlation;

  private BrokerConnection(Socket socket, Duration patience) {
    this.socket = socket;
    this.patience = patience;
  }

  /** Whoever answered does not speak Kafka's protocol. */
  public static final class NotKafka extends IOException {
    private static final long serialVersionUID = 1L;

    NotKafka(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Connects and learns which versions the broker serves.
   *
   * @param patience for the connection, and then for each answer
   * @throws UnknownHostException if the name does not resolve
   * @throws NotKafka if what answers is no broker
   * @throws IOException if nobody answers, or not in time
   */
  public static BrokerConnection open(String host, int port, Duration patience) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new UnknownHostException(host);
    }
    Socket socket = new Socket();
    try {
      socket.connect(address, (int) patience.toMillis());
      socket.setTcpNoDelay(true);
      BrokerConnection connection = new BrokerConnection(socket, patience);
      connection.negotiate();
      return connection;
    } catch (IOException | RuntimeException failed) {
      socket.close();
      throw failed;
    }
  }

  /** In the first version, which every broker understands. */
  private void negotiate() throws IOException {
    AbstractResponse answer = ask(new ApiVersionsRequest.Builder().build(FIRST));
    versions = ((ApiVersionsResponse) answer).data();
    if (versions.errorCode() != Errors.NONE.code()) {
      throw new NotKafka("it answers " + Errors.forCode(versions.errorCode()), null);
    }
  }

  /**
   * Waits for the answer.
   *
   * @throws UnsupportedVersionException if the broker knows no version of the question that we do
   * @throws IOException if the answer does not come in time
   */
  public AbstractResponse ask(AbstractRequest.Builder<?> question) throws IOException {
    ApiVersion served = versions.apiKeys().find(question.apiKey().id);
    if (served == null) {
      throw new UnsupportedVersionException("the broker does not know " + question.apiKey());
    }
    int newest = Math.min(served.maxVersion(), question.latestAllowedVersion());
    if (newest < Math.max(served.minVersion(), question.oldestAllowedVersion())) {
      throw new UnsupportedVersionException(
          "the broker serves other versions of " + question.apiKey());
    }
    return ask(question.build((short) newest));
  }

  private AbstractResponse ask(AbstractRequest request) throws IOException {
    RequestHeader header =
        new RequestHeader(request.apiKey(), request.version(), CLIENT_ID, ++correlation);
    ByteBuffer body = request.serializeWithHeader(header);
    ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES + body.remaining());
    socket.getOutputStream().write(frame.putInt(body.remaining()).put(body).array());
    ByteBuffer answer = receive();
    try {
      return AbstractResponse.parseResponse(answer, header);
    } catch (RuntimeException unreadable) {
      // The generated readers answer nonsense with whatever exception came to hand.
      throw new NotKafka("its answer makes no sense", unreadable);
    }
  }

  private ByteBuffer receive() throws IOException {
    long deadlineNanos = System.nanoTime() + patience.toNanos();
    int size = ByteBuffer.wrap(bytes(Integer.BYTES, deadlineNanos)).getInt();
    if (size < 0 || size > Limits.ANSWER_BYTES_MAX) {
      throw new NotKafka("its answer would have " + size + " bytes", null);
    }
    return ByteBuffer.wrap(bytes(size, deadlineNanos));
  }

  private byte[] bytes(int count, long deadlineNanos) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[count];
    int read = 0;
    while (read < count) {
      long left = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("no answer within " + patience.toMillis() + " ms");
      }
      socket.setSoTimeout((int) left);
      int more = in.read(bytes, read, count - read);
      if (more < 0) {
        throw new EOFException("the connection was closed before the answer");
      }
      read += more;
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
