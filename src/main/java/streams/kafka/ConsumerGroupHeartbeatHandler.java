package streams.kafka;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;

/** Joining, staying in and leaving a group of the consumer protocol (KIP-848). */
final class ConsumerGroupHeartbeatHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.CONSUMER_GROUP_HEARTBEAT;
  }

  @Override
  public void handle(Exchange exchange) {
    ConsumerGroupHeartbeatRequestData request =
        ((ConsumerGroupHeartbeatRequest) exchange.request()).data();
    new GroupQuestions(exchange).passOn(request.groupId(), request);
  }
}
