package streams.kafka;

import actors.Outcome;
import actors.group.Groups.Listed;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListGroupsRequest;

/** The groups that this broker coordinates, of the states and types asked for (KIP-518). */
final class ListGroupsHandler implements ApiHandler {
  @Override
  public ApiKeys api() {
    return ApiKeys.LIST_GROUPS;
  }

  @Override
  public void handle(Exchange exchange) {
    ListGroupsRequestData request = ((ListGroupsRequest) exchange.request()).data();
    Outcome<Collection<Listed>> outcome = exchange.node().groups().list();
    ListGroupsResponseData answer =
        outcome.fold(
            groups -> new ListGroupsResponseData().setGroups(matching(groups, request)),
            refused -> new ListGroupsResponseData().setErrorCode(refused.error().code()));
    exchange.respond(answer);
  }

  private static List<ListedGroup> matching(
      Collection<Listed> groups, ListGroupsRequestData request) {
    return groups.stream()
        .filter(group -> isIn(request.statesFilter(), group.state()))
        .filter(group -> isIn(request.typesFilter(), group.protocol().kafkaName()))
        .map(
            group ->
                new ListedGroup()
                    .setGroupId(group.groupId())
                    .setProtocolType(group.protocolType())
                    .setGroupState(group.state())
                    .setGroupType(group.protocol().kafkaName()))
        .collect(Collectors.toList());
  }

  /** No filter lets everything through. */
  private static boolean isIn(List<String> filter, String name) {
    return filter.isEmpty() || filter.stream().anyMatch(name::equalsIgnoreCase);
  }
}
