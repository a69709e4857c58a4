package streams.kafka;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;

/** Forgets groups without members, and their offsets. */
final class DeleteGroupsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DELETE_GROUPS;
  }

  @Override
  public void handle(Exchange exchange) {
    DeleteGroupsRequestData request = ((DeleteGroupsRequest) exchange.request()).data();
    if (request.groupsNames().size() > RequestLimits.GROUPS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "at most " + RequestLimits.GROUPS_MAX + " groups in one request");
      return;
    }
    List<DeleteGroupsRequestData> questions =
        request.groupsNames().stream()
            .distinct()
            .map(group -> new DeleteGroupsRequestData().setGroupsNames(List.of(group)))
            .collect(Collectors.toList());
    exchange.respond(
        new GroupQuestions(exchange)
            .askAll(
                questions, question -> question.groupsNames().get(0), DeletableGroupResult.class)
            .thenApply(
                answers ->
                    new DeleteGroupsResponseData()
                        .setResults(new DeletableGroupResultCollection(answers.iterator()))));
  }
}
