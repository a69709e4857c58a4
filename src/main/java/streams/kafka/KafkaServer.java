package streams.kafka;

import actors.broker.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.stream.ActorAttributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import streams.net.Accept;
import streams.net.FrameSocket;
import streams.net.MemoryBudget;

/** The broker's Kafka listener: accepts connections and runs each as a stream on an event loop. */
public final class KafkaServer {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaServer.class);

  private final int port;
  private final SharedKillSwitch killSwitch;
  private final CompletionStage<Done> stopped;

  private KafkaServer(int port, SharedKillSwitch killSwitch, CompletionStage<Done> stopped) {
    this.port = port;
    this.killSwitch = killSwitch;
    this.stopped = stopped;
  }

  /**
   * Binds and serves.
   *
   * @throws IOException if the address cannot be bound; the message names it
   */
  public static KafkaServer start(Node node) throws IOException {
    return start(node, bind(node.settings().host(), node.settings().kafkaPort()));
  }

  /** Serves the connections to a socket that is bound already. */
  static KafkaServer start(Node node, Accept accept) {
    return new Connections(node).serve(accept);
  }

  /**
   * @throws IOException if the address cannot be bound; the message names it
   */
  static Accept bind(String host, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    try {
      return Accept.bind(address);
    } catch (IOException notBound) {
      throw new IOException(
          "cannot listen for Kafka clients on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), notBound.getMessage()),
          notBound);
    }
  }

  public int port() {
    return port;
  }

  /** Closes the listener and every connection. */
  public CompletionStage<Done> stop() {
    killSwitch.shutdown();
    return stopped;
  }

  /** The connections there are, and what they share. */
  private static final class Connections {
    private static final int HEAP_SHARE = 4;
    private static final String LOOPS = "granary.edge.loops";
    private static final String LOOP_DISPATCHER = "granary.edge.loop-";

    private final Node node;
    private final ApiTable apis;
    private final MemoryBudget budget;
    private final FrameSocket.Settings socketSettings;
    private final Materializer materializer;
    private final SharedKillSwitch killSwitch = KillSwitches.shared("kafka-connections");
    private final AtomicInteger open = new AtomicInteger();
    private final int loops;
    private int accepted;

    Connections(Node node) {
      this.node = node;
      this.apis = Handlers.table(new ProduceHandler(), new FetchHandler());
      this.budget = new MemoryBudget(budgetBytes(node.configs().queuedRequestBytesMax()));
      this.socketSettings =
          new FrameSocket.Settings(
              node.configs().requestBytesMax(),
              node.configs().connectionIdleMillisMax(),
              budget,
              new MemoryBudget(Runtime.getRuntime().maxMemory() / HEAP_SHARE));
      this.materializer = Materializer.matFromSystem(node.system());
      this.loops = node.system().settings().config().getInt(LOOPS);
    }

    /** What Kafka calls unlimited is a share of the heap here: memory has to be bounded. */
    private static long budgetBytes(long configured) {
      return configured > 0 ? configured : Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    }

    KafkaServer serve(Accept accept) {
      CompletionStage<Done> stopped =
          Source.fromGraph(accept)
              .via(killSwitch.flow())
              .toMat(Sink.foreach(this::connect), Keep.right())
              .withAttributes(ActorAttributes.dispatcher(LOOP_DISPATCHER + 0))
              .run(materializer)
              .whenComplete((done, failure) -> listenerEnded(failure));
      return new KafkaServer(accept.port(), killSwitch, stopped);
    }

    private static void listenerEnded(Throwable failure) {
      if (failure != null) {
        LOG.error("the listener for Kafka clients has failed", failure);
      }
    }

    private void connect(SocketChannel channel) {
      try {
        if (open.get() >= node.configs().connectionsMax()) {
          LOG.warn("refusing a connection: {} are open, which is connections.max", open.get());
          channel.close();
          return;
        }
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boundSendBuffer(channel);
        open.incrementAndGet();
        run(channel, channel.getRemoteAddress().toString());
      } catch (IOException gone) {
        LOG.debug("a connection was gone before it was served: {}", gone.toString());
      }
    }

    /**
     * Left to itself the kernel takes megabytes of answers for each client that does not read them,
     * and the broker works for nobody before it can stop working for such a client.
     */
    private void boundSendBuffer(SocketChannel channel) throws IOException {
      OptionalInt bytes = node.configs().sendBufferBytes();
      if (bytes.isPresent()) {
        channel.setOption(StandardSocketOptions.SO_SNDBUF, bytes.getAsInt());
      }
    }

    private void run(SocketChannel channel, String peer) {
      Flow.fromGraph(new FrameSocket(channel, socketSettings))
          .via(killSwitch.flow())
          .watchTermination(
              (ignored, done) -> done.whenComplete((end, failure) -> closed(peer, failure)))
          .join(new KafkaConnection(node, apis, budget, peer))
          .withAttributes(
              ActorAttributes.dispatcher(LOOP_DISPATCHER + Math.floorMod(accepted++, loops)))
          .run(materializer);
    }

    private void closed(String peer, Throwable failure) {
      open.decrementAndGet();
      if (failure != null) {
        LOG.warn("the connection of {} failed", peer, failure);
      }
    }
  }
}
