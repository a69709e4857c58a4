package streams.kafka;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;

/** Members, state and assignment of classic groups. */
final class DescribeGroupsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.DESCRIBE_GROUPS;
  }

  @Override
  public void handle(Exchange exchange) {
    DescribeGroupsRequestData request = ((DescribeGroupsRequest) exchange.request()).data();
    if (request.groups().size() > RequestLimits.GROUPS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "at most " + RequestLimits.GROUPS_MAX + " groups in one request");
      return;
    }
    List<DescribeGroupsRequestData> questions =
        request.groups().stream()
            .map(group -> new DescribeGroupsRequestData().setGroups(List.of(group)))
            .collect(Collectors.toList());
    exchange.respond(
        new GroupQuestions(exchange)
            .askAll(questions, question -> question.groups().get(0), DescribedGroup.class)
            .thenApply(
                answers -> {
                  if (request.includeAuthorizedOperations()) {
                    answers.forEach(
                        answer -> answer.setAuthorizedOperations(ClusterView.GROUP_OPERATIONS));
                  }
                  return new DescribeGroupsResponseData().setGroups(answers);
                }));
  }
}
