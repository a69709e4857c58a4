package streams.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.InitProducerIdRequest;

/**
 * Gives an idempotent producer its id (KIP-98). A producer that names the id it had (KIP-360) gets
 * a new one as well: without a transaction there is nobody to fence.
 */
final class InitProducerIdHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.INIT_PRODUCER_ID;
  }

  @Override
  public void handle(Exchange exchange) {
    InitProducerIdRequest request = (InitProducerIdRequest) exchange.request();
    Errors error = check(request.data());
    if (error == Errors.NONE) {
      exchange.respond(allocate(exchange.node().nextProducerId()));
    } else {
      exchange.respond(refused(error));
    }
  }

  /** Fails a transactional producer at once: clients repeat what they can hope for. */
  static Errors check(InitProducerIdRequestData request) {
    boolean hasId = request.producerId() != RecordBatch.NO_PRODUCER_ID;
    boolean hasEpoch = request.producerEpoch() != RecordBatch.NO_PRODUCER_EPOCH;
    if (hasId != hasEpoch || "".equals(request.transactionalId())) {
      return Errors.INVALID_REQUEST;
    }
    return request.transactionalId() == null ? Errors.NONE : Errors.UNSUPPORTED_VERSION;
  }

  /** While no id is to be had, every client knows this error as one to wait and ask again for. */
  private static CompletionStage<InitProducerIdResponseData> allocate(CompletionStage<Long> next) {
    CompletableFuture<Long> id = next.toCompletableFuture().copy();
    return id.orTimeout(RequestLimits.PRODUCER_ID_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (producerId, failure) ->
                failure == null
                    ? new InitProducerIdResponseData()
                        .setProducerId(producerId)
                        .setProducerEpoch((short) 0)
                    : refused(Errors.COORDINATOR_LOAD_IN_PROGRESS));
  }

  private static InitProducerIdResponseData refused(Errors error) {
    return new InitProducerIdResponseData()
        .setErrorCode(error.code())
        .setProducerId(RecordBatch.NO_PRODUCER_ID)
        .setProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
  }
}
