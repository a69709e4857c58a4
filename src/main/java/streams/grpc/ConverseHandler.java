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
import org.apache.pekko.stream.SystemMaterializer;
import streams.grpc.v1.PartitionRequest;
import streams.grpc.v1.PartitionResponse;
import streams.grpc.v1.Partitions;

/**
 * The one call that carries batches. It is served as the generated handler would, but for the
 * copies that this makes of them.
 */
final class ConverseHandler {
  /** As gRPC names it. */
  static final String CALL = Partitions.name + "/Converse";

  private final ActorSystem<?> system;
  private final Partitions service;
  private final AliasingSerializer<PartitionRequest> questions =
      new AliasingSerializer<>(PartitionRequest.parser());
  private final AliasingSerializer<PartitionResponse> answers =
      new AliasingSerializer<>(PartitionResponse.parser());

  ConverseHandler(ActorSystem<?> system, Partitions service) {
    this.system = system;
    this.service = service;
  }

  /** Not found, for any other call. */
  CompletionStage<HttpResponse> answer(HttpRequest request) {
    return request.getUri().path().equals("/" + CALL)
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
