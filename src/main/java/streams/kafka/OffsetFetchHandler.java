package streams.kafka;

import java.util.List;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/** Where groups go on reading; of several groups at once since version 8 (KIP-709). */
final class OffsetFetchHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.OFFSET_FETCH;
  }

  @Override
  public void handle(Exchange exchange) {
    List<OffsetFetchRequestGroup> groups = ((OffsetFetchRequest) exchange.request()).groups();
    if (groups.size() > RequestLimits.GROUPS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "at most " + RequestLimits.GROUPS_MAX + " groups in one request");
      return;
    }
    short version = exchange.header().apiVersion();
    exchange.respond(
        new GroupQuestions(exchange)
            .askAll(groups, OffsetFetchRequestGroup::groupId, OffsetFetchResponseGroup.class)
            .thenApply(answers -> new OffsetFetchResponse.Builder(answers).build(version).data()));
  }
}
