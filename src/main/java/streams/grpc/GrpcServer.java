package streams.grpc;

import actors.broker.Node;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.grpc.javadsl.ServerReflection;
import org.apache.pekko.grpc.javadsl.ServiceHandler;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import streams.grpc.v1.Groups;
import streams.grpc.v1.GroupsHandlerFactory;
import streams.grpc.v1.Partitions;
import streams.grpc.v1.PartitionsHandlerFactory;
import streams.grpc.v1.Records;
import streams.grpc.v1.RecordsHandlerFactory;
import streams.grpc.v1.Topics;
import streams.grpc.v1.TopicsHandlerFactory;
import streams.net.MemoryBudget;

/**
 * The broker's gRPC listener. It is loaded and bound beside the broker, which does not wait for it:
 * what it takes of a start, Kafka clients do not notice.
 */
public final class GrpcServer {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

  private final Admission admission;
  private final CompletableFuture<ServerBinding> bound;

  private GrpcServer(Admission admission, CompletableFuture<ServerBinding> bound) {
    this.admission = admission;
    this.bound = bound;
  }

  /** Whether this configuration asks for the listener. */
  public static boolean isWanted(Node node) {
    return settings(node).port().isPresent();
  }

  private static GrpcSettings settings(Node node) {
    return GrpcSettings.of(node.system().settings().config());
  }

  /**
   * Begins to serve on the port that {@code granary.grpc.port} says; see {@link #port}.
   *
   * @throws IOException if somebody else has the port, or what streams may hold does not do for so
   *     many; the message names it
   */
  public static GrpcServer start(Node node) throws IOException {
    GrpcSettings settings = settings(node);
    checkShares(settings);
    InetSocketAddress address =
        new InetSocketAddress(node.settings().host(), settings.port().orElseThrow());
    tryPort(address);
    Admission admission = new Admission(settings.streamsMax(), settings.streamBytesMax());
    CompletableFuture<ServerBinding> bound =
        CompletableFuture.supplyAsync(
                () -> bind(node, settings, admission, address),
                node.system().dispatchers().lookup(DispatcherSelector.blocking()))
            .thenCompose(Function.identity());
    var unused = bound.whenComplete((binding, failure) -> say(address, binding, failure));
    return new GrpcServer(admission, bound);
  }

  private static void checkShares(GrpcSettings settings) throws IOException {
    long least = (long) settings.streamsMax() * Limits.CHUNK_BYTES_MIN;
    if (settings.streamBytesMax() < least) {
      throw new IOException(
          "granary.grpc.stream-bytes-max is %d, too little for %d streams (streams-max); it takes %d"
              .formatted(settings.streamBytesMax(), settings.streamsMax(), least));
    }
  }

  /** A port that is taken stops the start, though the binding itself comes later. */
  private static void tryPort(InetSocketAddress address) throws IOException {
    try (ServerSocketChannel socket = ServerSocketChannel.open()) {
      socket.bind(address);
    } catch (IOException taken) {
      throw new IOException(
          "cannot listen for gRPC clients on %s:%d: %s"
              .formatted(address.getHostString(), address.getPort(), taken.getMessage()),
          taken);
    }
  }

  @SuppressWarnings("unchecked") // an array of functions, which nobody writes to
  private static CompletionStage<ServerBinding> bind(
      Node node, GrpcSettings settings, Admission admission, InetSocketAddress address) {
    ActorSystem<?> system = node.system();
    MemoryBudget budget = new MemoryBudget(settings.memoryBytesMax());
    PartitionsService partitions = new PartitionsService(node, admission, budget);
    org.apache.pekko.japi.function.Function<HttpRequest, CompletionStage<HttpResponse>> services =
        ServiceHandler.concatOrNotFound(
            new ConverseHandler(system, partitions)::answer,
            RecordsHandlerFactory.create(
                new RecordsService(node, settings, admission), Refusals.mapper(), system),
            PartitionsHandlerFactory.create(partitions, Refusals.mapper(), system),
            TopicsHandlerFactory.create(new TopicsService(node), Refusals.mapper(), system),
            GroupsHandlerFactory.create(
                new GroupsService(node, admission), Refusals.mapper(), system),
            ServerReflection.create(
                List.of(
                    Records.description,
                    Partitions.description,
                    Topics.description,
                    Groups.description),
                system));
    Calls calls = new Calls(system, settings.messageBytesMax(), budget, services);
    return Http.get(system)
        .newServerAt(address.getHostString(), address.getPort())
        .bind(calls::answer);
  }

  private static void say(InetSocketAddress address, ServerBinding binding, Throwable failure) {
    if (failure == null) {
      LOG.info(
          "gRPC clients are served on {}:{}",
          address.getHostString(),
          binding.localAddress().getPort());
    } else {
      LOG.error(
          "gRPC clients are not served, since {}:{} could not be bound",
          address.getHostString(),
          address.getPort(),
          failure);
    }
  }

  /** Where clients are served, once they are. */
  public CompletionStage<Integer> port() {
    return bound.thenApply(binding -> binding.localAddress().getPort());
  }

  /** Ends every call and closes the listener. */
  public CompletionStage<Done> stop() {
    admission.close();
    return bound
        .thenCompose(binding -> binding.terminate(Limits.CLOSE_TIMEOUT))
        .handle((ended, neverBound) -> Done.getInstance());
  }
}
