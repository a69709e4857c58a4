package streams.kafka;

import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.SyncGroupRequest;

/** A member of a classic group asks for its assignment; the leader brings all. */
final class SyncGroupHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.SYNC_GROUP;
  }

  @Override
  public void handle(Exchange exchange) {
    SyncGroupRequestData request = ((SyncGroupRequest) exchange.request()).data();
    new GroupQuestions(exchange).passOn(request.groupId(), request);
  }
}
