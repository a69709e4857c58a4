package streams.kafka;

import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.OffsetCommitRequest;

/** Notes where a group goes on reading. */
final class OffsetCommitHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.OFFSET_COMMIT;
  }

  @Override
  public void handle(Exchange exchange) {
    OffsetCommitRequestData request = ((OffsetCommitRequest) exchange.request()).data();
    new GroupQuestions(exchange).passOn(request.groupId(), request);
  }
}
