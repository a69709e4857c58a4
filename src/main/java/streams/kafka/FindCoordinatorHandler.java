package streams.kafka;

import actors.Outcome;
import actors.controller.BrokerImage;
import actors.group.Groups;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;

/**
 * Where the coordinator of a group runs. The first question makes the topic that holds the groups.
 * Until there are transactions, the answer about them is an error that clients raise at once: "not
 * available" would make them ask for ever.
 */
final class FindCoordinatorHandler implements ApiHandler {
  private static final int NOWHERE = -1;

  @Override
  public ApiKeys api() {
    return ApiKeys.FIND_COORDINATOR;
  }

  @Override
  public void handle(Exchange exchange) {
    FindCoordinatorRequest request = (FindCoordinatorRequest) exchange.request();
    boolean batched = request.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
    List<String> keys = batched ? request.data().coordinatorKeys() : List.of(request.data().key());
    if (keys.size() > RequestLimits.COORDINATOR_KEYS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST,
          "at most " + RequestLimits.COORDINATOR_KEYS_MAX + " coordinators in one request");
    } else if (request.data().keyType() == CoordinatorType.GROUP.id()) {
      ofGroups(exchange, keys, batched);
    } else {
      exchange.respond(
          answer(
              keys.stream()
                  .map(key -> refused(key, refusal(request.data().keyType())))
                  .collect(Collectors.toList()),
              batched));
    }
  }

  private static void ofGroups(Exchange exchange, List<String> keys, boolean batched) {
    Groups groups = exchange.node().groups();
    exchange.respond(
        groups
            .prepare()
            .thenApply(
                prepared ->
                    answer(
                        keys.stream()
                            .map(
                                key ->
                                    prepared.fold(
                                        there -> ofGroup(exchange, key),
                                        refused -> refused(key, refused)))
                            .collect(Collectors.toList()),
                        batched)));
  }

  private static Coordinator ofGroup(Exchange exchange, String groupId) {
    return exchange
        .node()
        .groups()
        .coordinatorOf(groupId)
        .fold(
            brokerId -> onBroker(exchange.node().metadata().brokers().get(brokerId), groupId),
            refused -> refused(groupId, refused));
  }

  private static Coordinator onBroker(BrokerImage broker, String groupId) {
    if (broker == null || broker.fenced()) {
      return refused(
          groupId,
          new Outcome.Refused<>(
              Errors.COORDINATOR_NOT_AVAILABLE, "the coordinator's broker is not reachable"));
    }
    return new Coordinator()
        .setKey(groupId)
        .setNodeId(broker.id())
        .setHost(broker.host())
        .setPort(broker.port());
  }

  private static Outcome.Refused<?> refusal(byte keyType) {
    return keyType == CoordinatorType.TRANSACTION.id()
        ? new Outcome.Refused<>(
            Errors.UNSUPPORTED_VERSION,
            "this broker has no transactions yet; leave transactional.id out")
        : new Outcome.Refused<>(
            Errors.INVALID_REQUEST, "this broker has no coordinators of type " + keyType);
  }

  private static Coordinator refused(String key, Outcome.Refused<?> refused) {
    return new Coordinator()
        .setKey(key)
        .setErrorCode(refused.error().code())
        .setErrorMessage(refused.message())
        .setNodeId(NOWHERE)
        .setPort(NOWHERE);
  }

  private static FindCoordinatorResponseData answer(List<Coordinator> found, boolean batched) {
    FindCoordinatorResponseData answer = new FindCoordinatorResponseData();
    if (batched) {
      return answer.setCoordinators(found);
    }
    Coordinator only = found.get(0);
    return answer
        .setErrorCode(only.errorCode())
        .setErrorMessage(only.errorMessage())
        .setNodeId(only.nodeId())
        .setHost(only.host())
        .setPort(only.port());
  }
}
