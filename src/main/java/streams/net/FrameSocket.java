package streams.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One accepted connection as a flow: whole frames come out, messages go in. Reads only while frames
 * are wanted; asks for the next message only when the last has gone to the kernel. Must run on a
 * dispatcher of an {@link EventLoop}.
 *
 * <p>Completes when the peer closes, when the input completes and all is sent, or when the
 * connection has been idle (or stuck in the middle of a frame) for too long. A refused frame ends
 * it with a log line.
 */
public final class FrameSocket extends GraphStage<FlowShape<Outgoing, ByteBuffer>> {
  private static final Logger LOG = LoggerFactory.getLogger(FrameSocket.class);

  /** One read; also the size of the buffer that all sockets of a loop share. */
  private static final int READ_BYTES = 256 * 1024;

  /**
   * A region up to here is sent in one write with the bytes around it: cheaper than a sendfile of
   * its own.
   */
  private static final int COPY_REGION_BYTES_MAX = 16 * 1024;

  /**
   * Looked at this often, so an overdrawn budget is noticed to have recovered, and idleness to have
   * set in.
   */
  private static final Duration TICK = Duration.ofMillis(500);

  private static final long BUDGET_RETRY_MILLIS = 10;

  /**
   * Frames cut in one turn; what is left of a read stays bytes until the other connections had
   * theirs.
   */
  private static final int FRAMES_CUT_MAX = 32;

  /** An unfinished frame may always hold this much, however little memory is left. */
  private static final int HELD_BYTES_SAFE = 128 * 1024;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private static final ThreadLocal<ByteBuffer> READ_BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(READ_BYTES));

  private final Inlet<Outgoing> in = Inlet.create("FrameSocket.in");
  private final Outlet<ByteBuffer> out = Outlet.create("FrameSocket.out");
  private final FlowShape<Outgoing, ByteBuffer> shape = FlowShape.of(in, out);
  private final SocketChannel channel;
  private final Settings settings;

  /**
   * @param frameBytesMax largest frame accepted
   * @param idleMillisMax silence after which the connection is closed; nothing: it never is
   * @param requests of all connections, whole and under way: while overdrawn nobody reads, and as
   *     they are answered it recovers
   * @param unfinished frames of all connections that have begun and not ended: they recover only if
   *     their peers want it, so while overdrawn a connection that holds much is closed and the
   *     others go on
   */
  public record Settings(
      int frameBytesMax,
      OptionalLong idleMillisMax,
      MemoryBudget requests,
      MemoryBudget unfinished) {}

  public FrameSocket(SocketChannel channel, Settings settings) {
    this.channel = channel;
    this.settings = settings;
  }

  @Override
  public FlowShape<Outgoing, ByteBuffer> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private final FrameDecoder decoder = new FrameDecoder(settings.frameBytesMax());
    private final Queue<ByteBuffer> frames = new ArrayDeque<>();
    private final PartWriter writer = new PartWriter(channel, COPY_REGION_BYTES_MAX);
    private SelectionKey key;
    private AsyncCallback<Integer> ready;
    private AsyncCallback<Done> nextTurn;
    private long lastActivityNanos = System.nanoTime();
    private ByteBuffer uncut = NOTHING;
    private int heldBytes;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              send(grab(in));
            }

            @Override
            public void onUpstreamFinish() {
              if (writer.isEmpty()) {
                completeStage();
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              deliver();
            }
          });
    }

    @Override
    public void preStart() throws Exception {
      ready = createAsyncCallback(this::onReady);
      nextTurn = createAsyncCallback(turn -> cutMore());
      key = EventLoop.current().register(channel, SelectionKey.OP_READ, ready::invoke);
      scheduleWithFixedDelay("tick", TICK, TICK);
      pull(in);
    }

    @Override
    public void postStop() throws Exception {
      settings.unfinished().giveBack(heldBytes);
      channel.close();
    }

    private void onReady(int operations) {
      if ((operations & SelectionKey.OP_READ) != 0) {
        read();
      }
      if ((operations & SelectionKey.OP_WRITE) != 0) {
        write();
      }
    }

    private void read() {
      if (!frames.isEmpty() || uncut.hasRemaining() || isClosed(out)) {
        return; // deliver() asks for more once these are wanted
      }
      if (settings.requests().overdrawn()) {
        scheduleOnce("budget", Duration.ofMillis(BUDGET_RETRY_MILLIS));
        return;
      }
      ByteBuffer buffer = READ_BUFFER.get().clear();
      try {
        int count = channel.read(buffer);
        if (count < 0) {
          completeStage();
          return;
        }
        lastActivityNanos = System.nanoTime();
        cut(buffer.flip());
        deliver();
      } catch (FrameDecoder.FrameRefused refused) {
        refuse(refused);
      } catch (IOException reset) {
        LOG.debug("connection lost: {}", reset.toString());
        completeStage();
      }
    }

    /** Cuts frames, but not very many at once: a tiny frame costs several times its bytes. */
    private void cut(ByteBuffer buffer) throws FrameDecoder.FrameRefused {
      while (frames.size() < FRAMES_CUT_MAX) {
        Optional<ByteBuffer> frame = decoder.next(buffer);
        if (frame.isEmpty()) {
          break;
        }
        frames.add(frame.get());
      }
      uncut =
          buffer.hasRemaining()
              ? ByteBuffer.allocate(buffer.remaining()).put(buffer).flip()
              : NOTHING;
      account();
    }

    private void account() throws FrameDecoder.FrameRefused {
      int held = decoder.heldBytes();
      settings.unfinished().take(held - heldBytes);
      heldBytes = held;
      if (held > HELD_BYTES_SAFE && settings.unfinished().overdrawn()) {
        throw new FrameDecoder.FrameRefused(
            "unfinished requests hold too much memory, of it " + held + " bytes for this one");
      }
    }

    private void deliver() {
      while (isAvailable(out) && !frames.isEmpty()) {
        push(out, frames.remove());
      }
      if (frames.isEmpty() && uncut.hasRemaining()) {
        nextTurn.invoke(Done.getInstance());
      } else if (frames.isEmpty() && key.isValid()) {
        key.interestOpsOr(SelectionKey.OP_READ);
      }
    }

    private void cutMore() {
      if (!frames.isEmpty() || !uncut.hasRemaining()) {
        return;
      }
      try {
        cut(uncut);
        if (isAvailable(out)) {
          deliver();
        }
      } catch (FrameDecoder.FrameRefused refused) {
        refuse(refused);
      }
    }

    private void refuse(FrameDecoder.FrameRefused refused) {
      LOG.warn(
          "closing the connection of {}: {}",
          channel.socket().getRemoteSocketAddress(),
          refused.getMessage());
      completeStage();
    }

    private void send(Outgoing message) {
      try {
        writer.add(message);
        write();
      } catch (IOException unreadable) {
        LOG.error("closing a connection: what it is owed cannot be read", unreadable);
        completeStage();
      }
    }

    private void write() {
      try {
        if (writer.write()) {
          lastActivityNanos = System.nanoTime();
          if (isClosed(in)) {
            completeStage();
          } else if (!hasBeenPulled(in)) {
            pull(in);
          }
        } else {
          key.interestOpsOr(SelectionKey.OP_WRITE);
        }
      } catch (IOException reset) {
        LOG.debug("connection lost: {}", reset.toString());
        completeStage();
      }
    }

    @Override
    public void onTimer(Object timer) {
      if (timer.equals("budget")) {
        read();
      } else {
        settings.idleMillisMax().ifPresent(this::closeIfSilentFor);
      }
    }

    private void closeIfSilentFor(long idleMillis) {
      if (System.nanoTime() - lastActivityNanos > TimeUnit.MILLISECONDS.toNanos(idleMillis)) {
        LOG.info(
            "closing the connection of {}: silent for {} ms",
            channel.socket().getRemoteSocketAddress(),
            idleMillis);
        completeStage();
      }
    }
  }
}
