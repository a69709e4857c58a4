package streams.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Over real sockets on loopback: what goes in as frames comes out as the flow in the middle makes
 * it.
 */
@Timeout(60)
class FrameSocketTest {
  private static final int FRAME_BYTES_MAX = 1 << 20;

  private static ActorTestKit kit;

  private final MemoryBudget budget = new MemoryBudget(16 << 20);
  private final MemoryBudget unfinished = new MemoryBudget(16 << 20);
  private Accept accept;

  @BeforeAll
  static void startSystem() {
    kit =
        ActorTestKit.create(
            ConfigFactory.parseString(
                    """
                    pekko.actor.provider = local
                    test-loop {
                      type = Dispatcher
                      executor = "streams.net.EventLoopConfigurator"
                    }
                    """)
                .withFallback(ConfigFactory.load()));
  }

  @AfterAll
  static void stopSystem() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void bind() throws IOException {
    accept = Accept.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void givesBackAllItTookFromTheBudget() {
    Awaitility.await().until(() -> budget.usedBytes() + unfinished.usedBytes() == 0);
  }

  @Test
  void echoesFramesInOrder() throws Exception {
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed));

    try (Socket client = connect()) {
      for (String text : List.of("first", "second", "third")) {
        send(client, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      assertThat(receive(client)).asString().isEqualTo("first");
      assertThat(receive(client)).asString().isEqualTo("second");
      assertThat(receive(client)).asString().isEqualTo("third");
    }
  }

  @Test
  void echoesAFrameThatIsLargerThanAnyBuffer() throws Exception {
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed));
    byte[] large = new byte[FRAME_BYTES_MAX];
    new Random(7).nextBytes(large);

    try (Socket client = connect()) {
      send(client, large);
      assertThat(receive(client)).isEqualTo(large);
    }
  }

  @Test
  void sendsRegionsOfAFileBetweenBytes(@TempDir Path directory) throws Exception {
    byte[] content = new byte[3 << 20];
    new Random(8).nextBytes(content);
    Path file = Files.write(directory.resolve("content"), content);
    try (FileChannel channel = FileChannel.open(file)) {
      serve(
          Flow.<ByteBuffer>create()
              .map(
                  request -> {
                    int size = request.getInt();
                    return new Outgoing(
                        List.of(
                            new Part.Bytes(
                                ByteBuffer.allocate(5).putInt(size + 2).put((byte) 1).flip()),
                            new Part.Region(new Of(channel), 100, size),
                            new Part.Bytes(ByteBuffer.wrap(new byte[] {2}))));
                  }));

      try (Socket client = connect()) {
        for (int size : new int[] {10, 16 * 1024, 2 << 20}) {
          send(client, ByteBuffer.allocate(4).putInt(size).array());
          byte[] answer = receive(client);
          assertThat(answer).hasSize(size + 2).startsWith(1).endsWith(2);
          assertThat(java.util.Arrays.copyOfRange(answer, 1, size + 1))
              .isEqualTo(java.util.Arrays.copyOfRange(content, 100, 100 + size));
        }
      }
    }
  }

  @Test
  void closesTheConnectionOfAPeerThatAnnouncesTooMuch() throws Exception {
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed));

    try (Socket client = connect()) {
      new DataOutputStream(client.getOutputStream()).writeInt(FRAME_BYTES_MAX + 1);
      Assertions.assertThrows(EOFException.class, () -> receive(client));
    }
  }

  @Test
  void echoesFarMoreTinyFramesThanAreCutAtOnce() throws Exception {
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed));
    int count = 5_000;

    try (Socket client = connect()) {
      ByteBuffer frames = ByteBuffer.allocate(count * 6);
      for (int i = 0; i < count; i++) {
        frames.putInt(2).putShort((short) i);
      }
      client.getOutputStream().write(frames.array());
      for (int i = 0; i < count; i++) {
        assertThat(ByteBuffer.wrap(receive(client)).getShort()).isEqualTo((short) i);
      }
    }
  }

  @Test
  void endsAPeerThatHoldsMuchWhenUnfinishedFramesHoldTooMuchAndServesTheOthers() throws Exception {
    unfinished.take(16 << 20);
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed));

    try (Socket holder = connect();
        Socket bystander = connect()) {
      // It may be ended before it has sent all.
      Assertions.assertThrows(
          IOException.class,
          () -> {
            DataOutputStream out = new DataOutputStream(holder.getOutputStream());
            out.writeInt(FRAME_BYTES_MAX);
            out.write(new byte[512 * 1024]);
            receive(holder);
          });

      send(bystander, new byte[] {7});
      assertThat(receive(bystander)).containsExactly(7);
    } finally {
      unfinished.giveBack(16 << 20);
    }
  }

  @Test
  void sendsWhatIsOwedBeforeItCloses() throws Exception {
    serve(Flow.<ByteBuffer>create().map(FrameSocketTest::framed).take(1));

    try (Socket client = connect()) {
      send(client, new byte[] {1});
      assertThat(receive(client)).containsExactly(1);
      Assertions.assertThrows(EOFException.class, () -> receive(client));
    }
  }

  @Test
  void readsNoFurtherThanIsWanted() throws Exception {
    SharedKillSwitch end = KillSwitches.shared("end");
    serve(
        Flow.<ByteBuffer>create()
            .via(end.flow())
            .via(Flow.fromSinkAndSource(Sink.never(), Source.never())));

    try (SocketChannel client =
        SocketChannel.open(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), accept.port()))) {
      client.configureBlocking(false);
      ByteBuffer frame = ByteBuffer.allocate(4 + FRAME_BYTES_MAX).putInt(FRAME_BYTES_MAX).rewind();
      long sent = 0;
      int refusals = 0;
      while (refusals < 1000) {
        int written = client.write(frame);
        sent += written;
        refusals = written == 0 ? refusals + 1 : 0;
        if (!frame.hasRemaining()) {
          frame.rewind();
        }
        Assertions.assertTrue(sent < 256L << 20, "the socket takes without end");
      }
    } finally {
      end.abort(new IOException("the test is over")); // who does not read does not see the peer go
    }
  }

  private void serve(Flow<ByteBuffer, Outgoing, ?> handler) {
    FrameSocket.Settings settings =
        new FrameSocket.Settings(FRAME_BYTES_MAX, OptionalLong.of(60_000), budget, unfinished);
    Source.fromGraph(accept)
        .to(
            Sink.foreach(
                channel -> {
                  channel.configureBlocking(false);
                  Flow.fromGraph(new FrameSocket(channel, settings))
                      .join(handler)
                      .withAttributes(ActorAttributes.dispatcher("test-loop"))
                      .run(kit.system());
                }))
        .withAttributes(ActorAttributes.dispatcher("test-loop"))
        .run(kit.system());
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), accept.port());
  }

  private static Outgoing framed(ByteBuffer frame) {
    return Outgoing.of(
        ByteBuffer.allocate(4 + frame.remaining()).putInt(frame.remaining()).put(frame).flip());
  }

  private static void send(Socket client, byte[] frame) throws IOException {
    DataOutputStream out = new DataOutputStream(client.getOutputStream());
    out.writeInt(frame.length);
    out.write(frame);
    out.flush();
  }

  private static byte[] receive(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }

  private record Of(FileChannel channel) implements Part.Region.Source {
    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return channel.read(target, position);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target)
        throws IOException {
      return channel.transferTo(position, count, target);
    }
  }
}
