package streams.kafka;

import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/** Members leave a classic group, or somebody removes them from it (KIP-345). */
final class LeaveGroupHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.LEAVE_GROUP;
  }

  @Override
  public void handle(Exchange exchange) {
    LeaveGroupRequestData request = ((LeaveGroupRequest) exchange.request()).normalizedData();
    short version = exchange.header().apiVersion();
    new GroupQuestions(exchange)
        .passOn(
            request.groupId(),
            request,
            answer -> new LeaveGroupResponse((LeaveGroupResponseData) answer, version).data());
  }
}
