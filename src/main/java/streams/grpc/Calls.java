package streams.grpc;

import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcProtocol;
import org.apache.pekko.grpc.internal.GrpcProtocolNative;
import org.apache.pekko.grpc.internal.GrpcResponseHelpers;
import org.apache.pekko.grpc.internal.Identity$;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.RequestEntity;
import org.apache.pekko.japi.function.Function;
import streams.net.MemoryBudget;

/** What holds for every call before a service has it: the size of messages, and its deadline. */
final class Calls {
  private static final String TIMEOUT = "grpc-timeout";

  /** What a client can read. It does not ask for it by that, and batches may be compressed. */
  private static final String ENCODINGS = "grpc-accept-encoding";

  private final ActorSystem<?> system;
  private final int messageBytesMax;
  private final MemoryBudget budget;
  private final Function<HttpRequest, CompletionStage<HttpResponse>> services;

  Calls(
      ActorSystem<?> system,
      int messageBytesMax,
      MemoryBudget budget,
      Function<HttpRequest, CompletionStage<HttpResponse>> services) {
    this.system = system;
    this.messageBytesMax = messageBytesMax;
    this.budget = budget;
    this.services = services;
  }

  CompletionStage<HttpResponse> answer(HttpRequest request) throws Exception {
    HttpRequest guarded =
        request
            .removeHeader(ENCODINGS)
            .withEntity((RequestEntity) request.entity().withoutSizeLimit())
            .transformEntityDataBytes(new MessageGuard(messageBytesMax, budget));
    CompletionStage<HttpResponse> answer = services.apply(guarded);
    return request
        .getHeader(TIMEOUT)
        .map(HttpHeader::value)
        .flatMap(Calls::timeout)
        .map(timeout -> within(timeout, answer))
        .orElse(answer);
  }

  /** A call that is answered with a stream is answered at once; its client ends it in time. */
  private CompletionStage<HttpResponse> within(
      Duration timeout, CompletionStage<HttpResponse> answer) {
    CompletableFuture<HttpResponse> inTime = new CompletableFuture<>();
    var timer =
        system
            .scheduler()
            .scheduleOnce(timeout, () -> inTime.complete(tooLate()), system.executionContext());
    var unused =
        answer.whenComplete(
            (response, failure) -> {
              timer.cancel();
              if (failure == null) {
                inTime.complete(response);
              } else {
                inTime.completeExceptionally(failure);
              }
            });
    return inTime;
  }

  private static HttpResponse tooLate() {
    GrpcProtocol.GrpcProtocolWriter writer = GrpcProtocolNative.newWriter(Identity$.MODULE$);
    return GrpcResponseHelpers.status(
        Refusals.trailers(
            Refusals.of(
                Status.Code.DEADLINE_EXCEEDED,
                "REQUEST_TIMED_OUT",
                "the call has taken longer than its deadline; what it changes may still happen")),
        writer);
  }

  /**
   * @param header as gRPC writes it: at most eight digits and a unit
   * @return empty for what is no timeout
   */
  static Optional<Duration> timeout(String header) {
    if (!header.matches("[0-9]{1,8}[HMSmun]")) {
      return Optional.empty();
    }
    long count = Long.parseLong(header.substring(0, header.length() - 1));
    return Optional.of(
        switch (header.charAt(header.length() - 1)) {
          case 'H' -> Duration.ofHours(count);
          case 'M' -> Duration.ofMinutes(count);
          case 'S' -> Duration.ofSeconds(count);
          case 'm' -> Duration.ofMillis(count);
          case 'u' -> Duration.ofNanos(count * 1_000);
          default -> Duration.ofNanos(count);
        });
  }
}
