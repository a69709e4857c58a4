package streams.grpc;

import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcChannel;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.SharedKillSwitch;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import streams.grpc.v1.GroupsClient;
import streams.grpc.v1.NextProducerIdRequest;
import streams.grpc.v1.NextProducerIdResponse;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionsClient;
import streams.grpc.v1.TopicsChanged;
import streams.grpc.v1.WatchTopicsRequest;

/**
 * The way to a cluster from outside: one connection to one of the brokers that were named, and when
 * it is lost, after a pause, one to the next. Any thread.
 */
final class Line {
  private static final Logger LOG = LoggerFactory.getLogger(Line.class);

  private final ActorSystem<?> system;
  private final List<Endpoint> endpoints;
  private final ClientTuning tuning;
  private final Listener listener;
  private final CompletableFuture<Done> firstPicture = new CompletableFuture<>();

  private Optional<Connection> present = Optional.empty();
  private Optional<Cancellable> retry = Optional.empty();
  private int next;
  private int attempts;
  private boolean closed;
  private Picture picture = Picture.NONE;
  private String lastTrouble = "no answer yet";

  /** Who is told what changes; called in order, one call at a time. */
  interface Listener {
    void changed(Picture picture);

    /**
     * @param session empty: there is none until this is called again
     */
    void connected(Optional<Session> session);
  }

  /** Where a broker serves gRPC clients. */
  record Endpoint(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * The way to the coordinators of groups.
   *
   * @param whileConnected ends what runs through it when the connection ends
   */
  record GroupsWay(GroupsClient client, SharedKillSwitch whileConnected) {}

  private record Connection(
      Endpoint endpoint,
      GrpcChannel channel,
      PartitionsClient client,
      GroupsWay groups,
      Session session) {}

  Line(ActorSystem<?> system, List<Endpoint> endpoints, ClientTuning tuning, Listener listener) {
    this.system = system;
    this.endpoints = List.copyOf(endpoints);
    this.tuning = tuning;
    this.listener = listener;
  }

  /** Begins, and completes when a broker has told of all topics. */
  CompletionStage<Done> open() {
    connect();
    return firstPicture;
  }

  /** Why there is no connection, for people. */
  synchronized String trouble() {
    return "not connected to any of " + endpoints + ": " + lastTrouble;
  }

  private synchronized void connect() {
    if (closed) {
      return;
    }
    Endpoint endpoint = endpoints.get(next);
    next = (next + 1) % endpoints.size();
    GrpcChannel channel = GrpcChannel.apply(settings(endpoint), system);
    PartitionsClient client = PartitionsClient.create(channel, system);
    GroupsWay groups =
        new GroupsWay(GroupsClient.create(channel, system), KillSwitches.shared("granary-line"));
    var queue = Source.<PartitionRequest>queue(Limits.UNSENT_QUESTIONS_MAX).preMaterialize(system);
    BoundedSourceQueue<PartitionRequest> questions = queue.first();
    Connection connection =
        new Connection(endpoint, channel, client, groups, new Session(questions));
    present = Optional.of(connection);
    var conversation =
        client.converse(queue.second()).runWith(Sink.foreach(connection.session()::hear), system);
    var watch =
        client
            .watchTopics(WatchTopicsRequest.getDefaultInstance())
            .runWith(Sink.foreach(change -> onChange(connection, change)), system);
    var unused = conversation.whenComplete((done, failure) -> onEnd(connection, failure));
    var unusedToo = watch.whenComplete((done, failure) -> onEnd(connection, failure));
  }

  private GrpcClientSettings settings(Endpoint endpoint) {
    return GrpcClientSettings.connectToServiceAt(endpoint.host(), endpoint.port(), system)
        .withTls(false)
        .withConnectionAttempts(1)
        .withChannelBuilderOverrides(this::override);
  }

  private NettyChannelBuilder override(NettyChannelBuilder builder) {
    return builder
        .directExecutor() // what answers do is told to actors; another thread between costs more
        .intercept(new LeanMessages())
        .disableRetry() // which keeps copies of what is sent; retrying is the stages' business
        .maxInboundMessageSize(Limits.ANSWER_BYTES_MAX)
        .keepAliveTime(tuning.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(tuning.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void onChange(Connection connection, TopicsChanged change) {
    if (!isPresent(connection)) {
      return;
    }
    boolean isFirst = change.getAnew();
    picture = picture.after(change);
    if (isFirst) {
      LOG.info("connected to {}", connection.endpoint());
      attempts = 0;
      listener.connected(Optional.of(connection.session()));
    }
    if (picture.isWhole()) {
      listener.changed(picture);
      firstPicture.complete(Done.getInstance());
    }
  }

  private boolean isPresent(Connection connection) {
    return present.filter(one -> one.session() == connection.session()).isPresent();
  }

  private synchronized void onEnd(Connection connection, Throwable failure) {
    if (!isPresent(connection)) {
      return;
    }
    lastTrouble =
        connection.endpoint() + ": " + (failure == null ? "the stream has ended" : failure);
    if (!closed) {
      LOG.warn("the connection is lost; {}", lastTrouble);
    }
    end(connection);
    if (!closed) {
      retry =
          Optional.of(
              system
                  .scheduler()
                  .scheduleOnce(
                      tuning.backoff(attempts++), this::connect, system.executionContext()));
    }
  }

  private void end(Connection connection) {
    present = Optional.empty();
    listener.connected(Optional.empty());
    connection.session().end();
    connection.groups().whileConnected().shutdown();
    var unused = connection.channel().closeCS();
  }

  /** Empty while there is no connection. */
  synchronized Optional<GroupsWay> groups() {
    return present.map(Connection::groups);
  }

  /** A producer id never handed out before; fails while there is no connection. */
  CompletionStage<Long> nextProducerId() {
    Optional<Connection> connection;
    synchronized (this) {
      connection = present;
    }
    if (connection.isEmpty()) {
      return CompletableFuture.failedStage(new LeaderNotAvailableException(trouble()));
    }
    return connection
        .get()
        .client()
        .nextProducerId(NextProducerIdRequest.getDefaultInstance())
        .thenApply(NextProducerIdResponse::getProducerId)
        .toCompletableFuture()
        .orTimeout(tuning.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  synchronized void close() {
    closed = true;
    retry.ifPresent(Cancellable::cancel);
    present.ifPresent(this::end);
  }
}
