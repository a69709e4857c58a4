package streams.kafka;

import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;

/** Joining a classic group; answered when all have joined. */
final class JoinGroupHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.JOIN_GROUP;
  }

  @Override
  public void handle(Exchange exchange) {
    JoinGroupRequestData request = ((JoinGroupRequest) exchange.request()).data();
    short version = exchange.header().apiVersion();
    new GroupQuestions(exchange)
        .passOn(
            request.groupId(),
            request,
            answer -> new JoinGroupResponse((JoinGroupResponseData) answer, version).data());
  }
}
