package streams.kafka;

import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.OffsetDeleteRequest;

/** Forgets offsets of a group (KIP-496). */
final class OffsetDeleteHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.OFFSET_DELETE;
  }

  @Override
  public void handle(Exchange exchange) {
    OffsetDeleteRequestData request = ((OffsetDeleteRequest) exchange.request()).data();
    new GroupQuestions(exchange).passOn(request.groupId(), request);
  }
}
