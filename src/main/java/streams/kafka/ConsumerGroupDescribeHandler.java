package streams.kafka;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;

/** Members, state and assignment of groups of the consumer protocol (KIP-848). */
final class ConsumerGroupDescribeHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.CONSUMER_GROUP_DESCRIBE;
  }

  @Override
  public void handle(Exchange exchange) {
    ConsumerGroupDescribeRequestData request =
        ((ConsumerGroupDescribeRequest) exchange.request()).data();
    if (request.groupIds().size() > RequestLimits.GROUPS_MAX) {
      exchange.refuse(
          Errors.INVALID_REQUEST, "at most " + RequestLimits.GROUPS_MAX + " groups in one request");
      return;
    }
    List<ConsumerGroupDescribeRequestData> questions =
        request.groupIds().stream()
            .map(group -> new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group)))
            .collect(Collectors.toList());
    exchange.respond(
        new GroupQuestions(exchange)
            .askAll(questions, question -> question.groupIds().get(0), DescribedGroup.class)
            .thenApply(
                answers -> {
                  if (request.includeAuthorizedOperations()) {
                    answers.forEach(
                        answer -> answer.setAuthorizedOperations(ClusterView.GROUP_OPERATIONS));
                  }
                  return new ConsumerGroupDescribeResponseData().setGroups(answers);
                }));
  }
}
