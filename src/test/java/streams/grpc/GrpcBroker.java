package streams.grpc;

import actors.broker.Edge;
import actors.broker.Node;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.typesafe.config.ConfigFactory;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcClientSettings;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import streams.Granary;
import streams.GranarySettings;
import streams.grpc.v1.CreateTopicRequest;
import streams.grpc.v1.TopicsClient;

/** A broker with a gRPC listener in this JVM, one for all tests that ask for it. */
final class GrpcBroker implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(GrpcBroker.class);
  private static final int PATIENCE_SECONDS = 60;
  static final int MESSAGE_BYTES_MAX = 1 << 20;
  static final int STREAMS_MAX = 200;

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Running.class;
  }

  @Override
  public Running resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Running.class, type -> new Running(GranarySettings.create()), Running.class);
  }

  static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  /** What a call failed with. */
  record Refusal(io.grpc.Status.Code code, String sentence, ErrorInfo info) {}

  static Refusal refusal(CompletionStage<?> call) {
    try {
      Object answer = get(call);
      throw new AssertionError("it was answered: " + answer);
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof StatusRuntimeException status) {
        return refusal(status);
      }
      throw failed;
    }
  }

  static Refusal refusal(StatusRuntimeException status) {
    com.google.rpc.Status details = StatusProto.fromThrowable(status);
    if (details.getDetailsCount() == 0) {
      throw new AssertionError("a status without details: " + status, status);
    }
    try {
      return new Refusal(
          status.getStatus().getCode(),
          status.getStatus().getDescription(),
          details.getDetails(0).unpack(ErrorInfo.class));
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  static final class Running implements AutoCloseable {
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final Granary granary;
    private volatile GrpcServer server;

    /** One for a test alone, which closes it. */
    Running(GranarySettings settings) {
      granary =
          Granary.start(
              settings
                  .withoutKafka()
                  .withConfig(
                      ConfigFactory.parseString(
                          "granary.grpc { port = 0, message-bytes-max = "
                              + MESSAGE_BYTES_MAX
                              + ", streams-max = "
                              + STREAMS_MAX
                              + " }"))
                  .withEdge(this::open));
    }

    private Edge.Opened open(Node opening) throws IOException {
      server = GrpcServer.start(opening);
      return server::stop;
    }

    Node node() {
      return granary.node();
    }

    ActorSystem<?> system() {
      return granary.system();
    }

    int port() {
      return get(server.port());
    }

    GrpcClientSettings client() {
      return GrpcClientSettings.connectToServiceAt("127.0.0.1", port(), system()).withTls(false);
    }

    /** A new topic of a name of its own. */
    String topic(int partitions, Map<String, String> configs) {
      String name = "topic-" + TOPICS.incrementAndGet();
      TopicsClient topics = TopicsClient.create(client(), system());
      get(
          topics.createTopic(
              CreateTopicRequest.newBuilder()
                  .setName(name)
                  .setPartitions(partitions)
                  .putAllConfigs(configs)
                  .build()));
      get(topics.close());
      return name;
    }

    @Override
    public void close() {
      granary.close();
    }
  }
}
