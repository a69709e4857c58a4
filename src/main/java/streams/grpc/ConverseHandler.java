package streams.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.javadsl.GrpcExceptionHandler;
import org.apache.pekko.grpc.javadsl.GrpcMarshalling;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.SystemMaterializer;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;
import streams.grpc.v1.Partitions;

/**
 * The one call that carries batches. It is served as the generated handler would, but for the
 * copies that this makes of them.
 */
final class ConverseHandler implements Function<HttpRequest, CompletionStage<HttpResponse>> {
  private static final String PATH = "/" + Partitions.name + "/Converse";
  private static final long serialVersionUID = 1;

  private final transient ActorSystem<?> system;
  private final transient Partitions service;
  private final transient AliasingSerializer<PartitionRequest> questions =
      new AliasingSerializer<>(PartitionRequest.parser());
  private final transient AliasingSerializer<PartitionResponse> answers =
      new AliasingSerializer<>(PartitionResponse.parser());

  ConverseHandler(ActorSystem<?> system, Partitions service) {
    this.system = system;
    this.service = service;
  }

  /** Not found, for any other call. */
  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) {
    return request.getUri().path().equals(PATH)
        ? GrpcMarshalling.negotiated(
                request,
                (reader, writer) ->
                    GrpcMarshalling.unmarshalStream(
                            request.entity(),
                            questions,
                            SystemMaterializer.get(system).materializer(),
                            reader)
                        .thenApply(service::converse)
                        .thenApply(
                            said ->
                                GrpcMarshalling.marshalStream(
                                    said, answers, writer, system, Refusals.mapper()))
                        .exceptionally(
                            failure ->
                                GrpcExceptionHandler.standard(
                                    failure, Refusals.mapper(), writer, system)))
            .orElseGet(() -> status(StatusCodes.UNSUPPORTED_MEDIA_TYPE))
        : status(StatusCodes.NOT_FOUND);
  }

  private static CompletionStage<HttpResponse> status(StatusCode code) {
    return CompletableFuture.completedStage(HttpResponse.create().withStatus(code));
  }
}
