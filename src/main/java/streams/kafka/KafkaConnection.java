package streams.kafka;

import actors.broker.Node;
import actors.partition.ReplicaReply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.types.SchemaException;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
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
import scala.Tuple2;
import scala.runtime.BoxedUnit;
import streams.net.MemoryBudget;
import streams.net.Outgoing;
import streams.net.Part;

/**
 * One client's conversation: request frames in, answers out in the order of the requests, several
 * under way at once. Itself an address that replicas answer to, so that a request costs neither a
 * future nor an actor.
 */
final class KafkaConnection extends GraphStage<FlowShape<ByteBuffer, Outgoing>> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaConnection.class);

  private final Inlet<ByteBuffer> in = Inlet.create("KafkaConnection.in");
  private final Outlet<Outgoing> out = Outlet.create("KafkaConnection.out");
  private final FlowShape<ByteBuffer, Outgoing> shape = FlowShape.of(in, out);
  private final Node node;
  private final ApiTable apis;
  private final MemoryBudget budget;
  private final String peer;
  private final String clientHost;

  KafkaConnection(Node node, ApiTable apis, MemoryBudget budget, String peer) {
    this.node = node;
    this.apis = apis;
    this.budget = budget;
    this.peer = peer;
    this.clientHost = peer.lastIndexOf(':') < 0 ? peer : peer.substring(0, peer.lastIndexOf(':'));
  }

  @Override
  public FlowShape<ByteBuffer, Outgoing> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {
    private final Deque<Slot> slots = new ArrayDeque<>();
    private final Map<Long, Consumer<ReplicaReply>> listeners = new HashMap<>();
    private final ConnectionState state = new ConnectionState();
    private ActorRef<ReplicaReply> self;
    private AsyncCallback<Runnable> later;
    private long lastCorrelation;
    private long unsentBytes;
    private boolean closing;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              onFrame(grab(in));
              flush();
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              flush();
            }
          });
    }

    @Override
    public void preStart() {
      self = Adapter.toTyped(getStageActor(this::onMessage).ref());
      later = createAsyncCallback(Runnable::run);
      pull(in);
    }

    @Override
    public void postStop() {
      for (Slot slot : slots) {
        budget.giveBack(slot.requestBytes);
        if (slot.answer == null) {
          slot.abandoned.forEach(Runnable::run);
        }
      }
    }

    private BoxedUnit onMessage(Tuple2<org.apache.pekko.actor.ActorRef, Object> message) {
      onReply((ReplicaReply) message._2());
      return BoxedUnit.UNIT;
    }

    private void onReply(ReplicaReply reply) {
      Consumer<ReplicaReply> listener = listeners.get(reply.correlation());
      if (listener != null) {
        listener.accept(reply);
        flush();
      }
    }

    private void onFrame(ByteBuffer frame) {
      int requestBytes = frame.remaining();
      try {
        RequestHeader header = RequestHeader.parse(frame);
        handle(header, frame, requestBytes);
      } catch (InvalidRequestException | UnsupportedVersionException | SchemaException malformed) {
        hangUp("cannot read its request: " + malformed.getMessage());
      } catch (RuntimeException malformed) {
        // The generated readers answer nonsense with whatever exception came to hand.
        hangUp("cannot read its request: " + malformed);
      }
    }

    private void handle(RequestHeader header, ByteBuffer frame, int requestBytes) {
      ApiKeys key = header.apiKey();
      Slot slot = new Slot(header, requestBytes);
      Optional<ApiTable.Entry> entry =
          apis.entry(key).filter(served -> served.serves(header.apiVersion()));
      if (entry.isEmpty()) {
        if (key == ApiKeys.API_VERSIONS) {
          open(slot);
          slot.respondAs(
              new RequestHeader(key, (short) 0, header.clientId(), header.correlationId()),
              ApiVersionsHandler.unsupportedVersion(apis));
          return;
        }
        hangUp("asks for " + key + " version " + header.apiVersion() + ", which is not served");
        return;
      }
      slot.request =
          AbstractRequest.parseRequest(key, header.apiVersion(), new ByteBufferAccessor(frame))
              .request;
      open(slot);
      try {
        entry.get().handler().handle(slot);
      } catch (RuntimeException wrong) {
        LOG.error("the handler of {} failed; the client {} is told", key, peer, wrong);
        slot.refuse(
            Errors.UNKNOWN_SERVER_ERROR, "the broker failed at this request; its log says why");
      }
    }

    private void open(Slot slot) {
      budget.take(slot.requestBytes);
      slots.add(slot);
    }

    private void hangUp(String why) {
      LOG.warn("closing the connection of {}: it {}", peer, why);
      closing = true;
    }

    /** Sends every answer whose turn has come, as one message, and asks for more to do. */
    private void flush() {
      if (isAvailable(out) && !slots.isEmpty() && slots.peek().answer != null) {
        List<Part> parts = new ArrayList<>(slots.peek().answer.parts());
        settle(slots.remove());
        while (!slots.isEmpty() && slots.peek().answer != null) {
          Slot next = slots.remove();
          parts.addAll(next.answer.parts());
          settle(next);
        }
        if (!parts.isEmpty()) {
          push(out, new Outgoing(parts));
        }
      }
      if (closing && slots.stream().allMatch(slot -> slot.answer == null)) {
        completeStage();
      } else if (!closing
          && slots.size() < Limits.REQUESTS_UNDER_WAY_PER_CONNECTION_MAX
          && unsentBytes < Limits.UNSENT_ANSWER_BYTES_PER_CONNECTION_MAX
          && !hasBeenPulled(in)
          && !isClosed(in)) {
        pull(in);
      }
    }

    private void settle(Slot slot) {
      budget.giveBack(slot.requestBytes);
      unsentBytes -= bytesOf(slot.answer);
    }

    /** Of an answer in memory; what lies in files costs none. */
    private static long bytesOf(Outgoing answer) {
      long bytes = 0;
      for (Part part : answer.parts()) {
        bytes += part instanceof Part.Bytes inMemory ? inMemory.buffer().capacity() : 0;
      }
      return bytes;
    }

    @Override
    public void onTimer(Object timer) {
      ((Deadline) timer).run();
      flush();
    }

    /** A request under way, and its place in the order of answers. */
    private final class Slot implements Exchange {
      private static final List<Part> NOTHING = List.of();

      private final RequestHeader header;
      private final int requestBytes;
      private final List<Long> correlations = new ArrayList<>(1);
      private final List<Runnable> abandoned = new ArrayList<>(1);
      private Deadline deadline;
      private AbstractRequest request;
      private Outgoing answer;

      Slot(RequestHeader header, int requestBytes) {
        this.header = header;
        this.requestBytes = requestBytes;
      }

      @Override
      public RequestHeader header() {
        return header;
      }

      @Override
      public AbstractRequest request() {
        return request;
      }

      @Override
      public Node node() {
        return node;
      }

      @Override
      public String clientHost() {
        return clientHost;
      }

      @Override
      public ConnectionState connection() {
        return state;
      }

      @Override
      public void respond(ApiMessage response) {
        respondAs(header, response);
      }

      void respondAs(RequestHeader as, ApiMessage response) {
        finish(ResponseEncoder.encode(as, response));
      }

      @Override
      public void respond(CompletionStage<? extends ApiMessage> response) {
        response.whenComplete(
            (message, failure) ->
                later.invoke(
                    () -> {
                      if (failure == null) {
                        respond(message);
                      } else {
                        fail(failure);
                      }
                      flush();
                    }));
      }

      private void fail(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        Errors error = Errors.forException(cause);
        if (error == Errors.UNKNOWN_SERVER_ERROR) {
          LOG.error("{} failed; the client {} is told", header.apiKey(), peer, cause);
        }
        refuse(error, cause.getMessage());
      }

      @Override
      public void refuse(Errors error, String message) {
        AbstractResponse refusal = request.getErrorResponse(error.exception(message));
        if (refusal == null) {
          close(); // acks=0: the client reads no answer, so this is how it is told
        } else {
          respond(refusal.data());
        }
      }

      @Override
      public void respondNothing() {
        finish(new Outgoing(NOTHING));
      }

      private void finish(Outgoing outgoing) {
        if (answer != null) {
          return; // a deadline and a reply met; the first one counts
        }
        answer = outgoing;
        unsentBytes += bytesOf(outgoing);
        request = null;
        correlations.forEach(listeners::remove);
        if (deadline != null) {
          cancelTimer(deadline);
        }
      }

      @Override
      public void close() {
        respondNothing();
        closing = true;
      }

      @Override
      public long listen(Consumer<ReplicaReply> listener) {
        long correlation = ++lastCorrelation;
        listeners.put(correlation, listener);
        correlations.add(correlation);
        return correlation;
      }

      @Override
      public void forget(long correlation) {
        listeners.remove(correlation);
        correlations.remove(correlation);
      }

      @Override
      public ActorRef<ReplicaReply> replies() {
        return self;
      }

      @Override
      public void after(long delayMillis, Runnable action) {
        deadline = new Deadline(action);
        scheduleOnce(deadline, Duration.ofMillis(delayMillis));
      }

      @Override
      public void onAbandoned(Runnable action) {
        abandoned.add(action);
      }
    }
  }

  /** A timer's key; each is its own, by identity. */
  private static final class Deadline {
    private final Runnable action;

    Deadline(Runnable action) {
      this.action = action;
    }

    void run() {
      action.run();
    }
  }
}
