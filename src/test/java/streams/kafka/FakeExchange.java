package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.broker.Node;
import actors.partition.ReplicaReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;

/** An exchange whose connection thread is the test's, and whose answers go through the codec. */
final class FakeExchange implements Exchange {
  private static final int PATIENCE_SECONDS = 20;

  private final Node node;
  private final AbstractRequest request;
  private final TestProbe<ReplicaReply> replies;
  private final Map<Long, Consumer<ReplicaReply>> listeners = new HashMap<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final List<Runnable> abandoned = new ArrayList<>();
  private final CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
  private final ConnectionState connection;
  private boolean closed;
  private long lastCorrelation;

  FakeExchange(Node node, ApiMessage request, short version) {
    this(node, request, version, new ConnectionState());
  }

  /** One of several exchanges on a connection. */
  FakeExchange(Node node, ApiMessage request, short version, ConnectionState connection) {
    this.node = node;
    this.connection = connection;
    this.request = Wire.request(request, version);
    this.replies = TestProbe.create(ReplicaReply.class, node.system());
  }

  /** What the client reads in the end. */
  <T extends ApiMessage> T answer(Class<T> type) {
    try {
      return type.cast(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException | InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new AssertionError("no answer", e);
    }
  }

  boolean isAnswered() {
    return answer.isDone();
  }

  /** The next reply of a replica reaches its listener. */
  void takeReply() {
    ReplicaReply reply = replies.receiveMessage();
    Consumer<ReplicaReply> listener = listeners.get(reply.correlation());
    assertThat(listener).as("listener of %s", reply).isNotNull();
    listener.accept(reply);
  }

  /** All delays are over. */
  void runTimers() {
    List<Runnable> due = List.copyOf(timers);
    timers.clear();
    due.forEach(Runnable::run);
  }

  /** The connection is lost. */
  void abandon() {
    abandoned.forEach(Runnable::run);
  }

  boolean isClosed() {
    return closed;
  }

  boolean hasTimer() {
    return !timers.isEmpty();
  }

  int openListeners() {
    return listeners.size();
  }

  @Override
  public RequestHeader header() {
    return new RequestHeader(request.apiKey(), request.version(), "test", 1);
  }

  @Override
  public AbstractRequest request() {
    return request;
  }

  @Override
  public String clientHost() {
    return "/127.0.0.1";
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public ConnectionState connection() {
    return connection;
  }

  @Override
  public void respond(ApiMessage response) {
    assertThat(answer.complete(Wire.response(response, request.version())))
        .as("answered once")
        .isTrue();
  }

  @Override
  public void respond(CompletionStage<? extends ApiMessage> response) {
    response.whenComplete(
        (data, failure) -> {
          try {
            if (failure != null) {
              answer.completeExceptionally(failure);
            } else {
              respond(data);
            }
          } catch (RuntimeException | AssertionError unwritable) {
            answer.completeExceptionally(unwritable);
          }
        });
  }

  @Override
  public void refuse(Errors error, String message) {
    respond(request.getErrorResponse(error.exception(message)).data());
  }

  @Override
  public void respondNothing() {
    assertThat(answer.complete(null)).as("answered once").isTrue();
  }

  @Override
  public void close() {
    closed = true;
    respondNothing();
  }

  @Override
  public void onAbandoned(Runnable action) {
    abandoned.add(action);
  }

  @Override
  public long listen(Consumer<ReplicaReply> listener) {
    lastCorrelation++;
    listeners.put(lastCorrelation, listener);
    return lastCorrelation;
  }

  @Override
  public void forget(long correlation) {
    listeners.remove(correlation);
  }

  @Override
  public ActorRef<ReplicaReply> replies() {
    return replies.ref();
  }

  @Override
  public void after(long delayMillis, Runnable action) {
    timers.add(action);
  }
}
