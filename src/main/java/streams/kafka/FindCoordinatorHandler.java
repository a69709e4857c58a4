package streams.kafka;

import java.util.List;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * Where the coordinator of a group or of a transactional id runs. Until there are coordinators the
 * answer is an error that clients raise at once: "not available" would make them ask for ever.
 */
final class FindCoordinatorHandler implements ApiHandler {
  private static final Errors ABSENT = Errors.UNSUPPORTED_VERSION;
  private static final int NOWHERE = -1;

  @Override
  public ApiKeys api() {
    return ApiKeys.FIND_COORDINATOR;
  }

  @Override
  public void handle(Exchange exchange) {
    FindCoordinatorRequest request = (FindCoordinatorRequest) exchange.request();
    if (request.data().coordinatorKeys().size() > RequestLimits.COORDINATOR_KEYS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "at most " + RequestLimits.COORDINATOR_KEYS_MAX + " coordinators in one request");
      return;
    }
    exchange.respond(answer(request.data(), request.version()));
  }

  static FindCoordinatorResponseData answer(FindCoordinatorRequestData request, short version) {
    if (version < FindCoordinatorRequest.MIN_BATCHED_VERSION) {
      return new FindCoordinatorResponseData()
          .setErrorCode(error(request.keyType()).code())
          .setErrorMessage(message(request.keyType()))
          .setNodeId(NOWHERE)
          .setPort(NOWHERE);
    }
    List<Coordinator> coordinators =
        request.coordinatorKeys().stream()
            .map(
                key ->
                    new Coordinator()
                        .setKey(key)
                        .setErrorCode(error(request.keyType()).code())
                        .setErrorMessage(message(request.keyType()))
                        .setNodeId(NOWHERE)
                        .setPort(NOWHERE))
            .toList();
    return new FindCoordinatorResponseData().setCoordinators(coordinators);
  }

  private static Errors error(byte keyType) {
    return isKnown(keyType) ? ABSENT : Errors.INVALID_REQUEST;
  }

  private static String message(byte keyType) {
    if (keyType == CoordinatorType.GROUP.id()) {
      return "this broker has no consumer groups yet; use assign() instead of subscribe()";
    }
    return keyType == CoordinatorType.TRANSACTION.id()
        ? "this broker has no transactions yet; leave transactional.id out"
        : "this broker has no coordinators of type " + keyType;
  }

  private static boolean isKnown(byte keyType) {
    for (CoordinatorType type : CoordinatorType.values()) {
      if (type.id() == keyType) {
        return true;
      }
    }
    return false;
  }
}
