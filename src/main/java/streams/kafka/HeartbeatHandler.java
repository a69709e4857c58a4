package streams.kafka;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.HeartbeatRequest;

/** A member of a classic group is alive, and asks whether there is a rebalance. */
final class HeartbeatHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.HEARTBEAT;
  }

  @Override
  public void handle(Exchange exchange) {
    HeartbeatRequestData request = ((HeartbeatRequest) exchange.request()).data();
    new GroupQuestions(exchange).passOn(request.groupId(), request);
  }
}
