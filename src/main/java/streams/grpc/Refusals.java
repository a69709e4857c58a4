package streams.grpc;

import actors.Outcome;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.grpc.GrpcServiceException;
import org.apache.pekko.grpc.Trailers;
import org.apache.pekko.grpc.internal.MissingParameterException;
import org.apache.pekko.http.scaladsl.model.http2.PeerClosedStreamException;
import org.apache.pekko.japi.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import streams.ConsumeFailed;
import streams.ProduceFailed;

/**
 * What goes wrong, as gRPC says it: a status code, a sentence, and a {@code google.rpc.ErrorInfo}
 * whose reason is the name of Kafka's error.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final String DOMAIN = "granary";
  private static final String TOPIC = "topic";
  private static final String PARTITION = "partition";

  private Refusals() {}

  /** About nothing in particular. */
  static StatusRuntimeException of(Errors error, String sentence) {
    return of(error, sentence, Map.of());
  }

  static StatusRuntimeException of(Errors error, String sentence, String topic) {
    return of(error, sentence, Map.of(TOPIC, topic));
  }

  static StatusRuntimeException of(Errors error, String sentence, String topic, int partition) {
    return of(error, sentence, Map.of(TOPIC, topic, PARTITION, Integer.toString(partition)));
  }

  static StatusRuntimeException of(Outcome.Refused<?> refused, String topic) {
    return of(refused.error(), refused.message(), topic);
  }

  private static StatusRuntimeException of(
      Errors error, String sentence, Map<String, String> about) {
    return of(codeOf(error), error.name(), sentence, about);
  }

  /**
   * @param reason in capitals, for programs
   */
  static StatusRuntimeException of(Status.Code code, String reason, String sentence) {
    return of(code, reason, sentence, Map.of());
  }

  private static StatusRuntimeException of(
      Status.Code code, String reason, String sentence, Map<String, String> about) {
    ErrorInfo info =
        ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason).putAllMetadata(about).build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.value())
            .setMessage(sentence)
            .addDetails(Any.pack(info))
            .build());
  }

  /** The status code that says about the same as Kafka's error. */
  static Status.Code codeOf(Errors error) {
    return switch (error) {
      case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID -> Status.Code.NOT_FOUND;
      case TOPIC_ALREADY_EXISTS -> Status.Code.ALREADY_EXISTS;
      case OFFSET_OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
      case THROTTLING_QUOTA_EXCEEDED, POLICY_VIOLATION -> Status.Code.RESOURCE_EXHAUSTED;
      case TOPIC_DELETION_DISABLED -> Status.Code.FAILED_PRECONDITION;
      case REQUEST_TIMED_OUT -> Status.Code.DEADLINE_EXCEEDED;
      case UNSUPPORTED_VERSION -> Status.Code.UNIMPLEMENTED;
      case INVALID_TOPIC_EXCEPTION,
          INVALID_PARTITIONS,
          INVALID_REPLICATION_FACTOR,
          INVALID_REPLICA_ASSIGNMENT,
          INVALID_CONFIG,
          INVALID_REQUEST,
          INVALID_REQUIRED_ACKS,
          INVALID_RECORD,
          INVALID_TIMESTAMP,
          INVALID_TXN_STATE,
          MESSAGE_TOO_LARGE,
          RECORD_LIST_TOO_LARGE,
          UNSUPPORTED_COMPRESSION_TYPE,
          UNSUPPORTED_FOR_MESSAGE_FORMAT ->
          Status.Code.INVALID_ARGUMENT;
      case CORRUPT_MESSAGE -> Status.Code.DATA_LOSS;
      default ->
          error.exception() instanceof RetriableException
              ? Status.Code.UNAVAILABLE
              : Status.Code.INTERNAL;
    };
  }

  /** For the generated handlers: how a failed call ends. */
  @SuppressWarnings("deprecation") // the handlers take no other function
  static Function<ActorSystem, Function<Throwable, Trailers>> mapper() {
    return system -> Refusals::trailers;
  }

  static Trailers trailers(Throwable failure) {
    StatusRuntimeException status = status(failure);
    GrpcServiceException withTrailers = GrpcServiceException.apply(status);
    return new Trailers(withTrailers.status(), withTrailers.metadata());
  }

  /** Whatever went wrong, without what only concerns the broker. */
  static StatusRuntimeException status(Throwable failure) {
    if (failure instanceof CompletionException || failure instanceof ExecutionException) {
      return failure.getCause() == null ? internal(failure) : status(failure.getCause());
    }
    if (failure instanceof StatusRuntimeException status) {
      return status.getTrailers() == null ? bare(status) : status;
    }
    if (failure instanceof ConsumeFailed failed) {
      return of(
          failed.getCause() == null
              ? Errors.UNKNOWN_SERVER_ERROR
              : Errors.forException(failed.getCause()),
          failed.getMessage(),
          failed.partition().topic(),
          failed.partition().partition());
    }
    if (failure instanceof ProduceFailed failed) {
      return of(failed.error(), failed.getMessage(), failed.topic(), failed.partition());
    }
    if (failure instanceof InvalidProtocolBufferException malformed) {
      return malformed(malformed.getMessage());
    }
    if (failure instanceof MissingParameterException) {
      return malformed("a call of this kind has one message, and there is none, or not all of it");
    }
    if (failure instanceof TimeoutException) {
      return of(Status.Code.DEADLINE_EXCEEDED, "REQUEST_TIMED_OUT", "no answer came in time");
    }
    if (failure instanceof ApiException refused) {
      return of(Errors.forException(refused), refused.getMessage());
    }
    if (failure instanceof UnsupportedOperationException) {
      return of(Status.Code.UNIMPLEMENTED, "UNSUPPORTED", "there is no such call");
    }
    if (failure instanceof PeerClosedStreamException) {
      return of(Status.Code.CANCELLED, "CANCELLED", "the client has ended the call");
    }
    return internal(failure);
  }

  /**
   * @param what as the reader of messages says it
   */
  static StatusRuntimeException malformed(String what) {
    return of(
        Status.Code.INVALID_ARGUMENT,
        "MALFORMED",
        "the message is not of the form that this call takes: " + what);
  }

  private static StatusRuntimeException bare(StatusRuntimeException status) {
    return of(
        status.getStatus().getCode(),
        status.getStatus().getCode().name(),
        String.valueOf(status.getStatus().getDescription()));
  }

  private static StatusRuntimeException internal(Throwable failure) {
    LOG.error("a gRPC call has failed for a reason that is not the client's", failure);
    return of(Status.Code.INTERNAL, "INTERNAL", "the broker has failed at this; its log says why");
  }
}
