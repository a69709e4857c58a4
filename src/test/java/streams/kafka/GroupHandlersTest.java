package streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import actors.group.GroupProtocol;
import actors.group.Groups.Listed;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the edge makes of requests to coordinators and their answers, in every version. */
class GroupHandlersTest extends HandlerFixture {
  private static final int GROUPS_SINCE = 8;

  static List<Short> joinVersions() {
    return versions(ApiKeys.JOIN_GROUP);
  }

  static List<Short> leaveVersions() {
    return versions(ApiKeys.LEAVE_GROUP);
  }

  static List<Short> fetchVersions() {
    return versions(ApiKeys.OFFSET_FETCH).stream().filter(version -> version < 10).toList();
  }

  @ParameterizedTest
  @MethodSource("joinVersions")
  void refusedJoinsAreReadableInEveryVersion(short version) {
    node.coordinates(
        new FakeGroups()
            .answers(
                (caller, request) ->
                    new JoinGroupResponseData()
                        .setErrorCode(Errors.UNKNOWN_MEMBER_ID.code())
                        .setProtocolType(null)
                        .setProtocolName(null)));

    JoinGroupResponseData answer =
        handle(
                new JoinGroupHandler(),
                new JoinGroupRequestData().setGroupId("readers").setProtocolType("consumer"),
                version)
            .answer(JoinGroupResponseData.class);

    assertThat(answer.errorCode()).isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
  }

  @ParameterizedTest
  @MethodSource("leaveVersions")
  void leavingIsAboutMembersWhateverTheVersion(short version) {
    AtomicReference<Message> asked = new AtomicReference<>();
    node.coordinates(
        new FakeGroups()
            .answers(
                (caller, request) -> {
                  asked.set(request);
                  return new LeaveGroupResponseData()
                      .setMembers(
                          List.of(
                              new MemberResponse()
                                  .setMemberId("m")
                                  .setErrorCode(Errors.UNKNOWN_MEMBER_ID.code())));
                }));
    LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId("readers");
    if (version < 3) {
      request.setMemberId("m");
    } else {
      request.setMembers(List.of(new MemberIdentity().setMemberId("m")));
    }

    LeaveGroupResponseData answer =
        handle(new LeaveGroupHandler(), request, version).answer(LeaveGroupResponseData.class);

    assertThat(((LeaveGroupRequestData) asked.get()).members()).hasSize(1);
    assertThat(version < 3 ? answer.errorCode() : answer.members().get(0).errorCode())
        .isEqualTo(Errors.UNKNOWN_MEMBER_ID.code());
  }

  @ParameterizedTest
  @MethodSource("fetchVersions")
  void committedOffsetsAreReadableInEveryVersion(short version) {
    node.coordinates(
        new FakeGroups()
            .answers(
                (caller, request) ->
                    new OffsetFetchResponseGroup()
                        .setGroupId(((OffsetFetchRequestGroup) request).groupId())
                        .setTopics(
                            List.of(
                                new OffsetFetchResponseTopics()
                                    .setName("orders")
                                    .setPartitions(
                                        List.of(
                                            new OffsetFetchResponsePartitions()
                                                .setPartitionIndex(1)
                                                .setCommittedOffset(42)))))));
    OffsetFetchRequestData request =
        version < GROUPS_SINCE
            ? new OffsetFetchRequestData()
                .setGroupId("readers")
                .setTopics(
                    List.of(
                        new OffsetFetchRequestTopic()
                            .setName("orders")
                            .setPartitionIndexes(List.of(1))))
            : new OffsetFetchRequestData()
                .setGroups(
                    List.of(
                        new OffsetFetchRequestGroup()
                            .setGroupId("readers")
                            .setTopics(
                                List.of(
                                    new OffsetFetchRequestTopics()
                                        .setName("orders")
                                        .setPartitionIndexes(List.of(1))))));

    OffsetFetchResponseData answer =
        handle(new OffsetFetchHandler(), request, version).answer(OffsetFetchResponseData.class);

    long offset =
        version < GROUPS_SINCE
            ? answer.topics().get(0).partitions().get(0).committedOffset()
            : answer.groups().get(0).topics().get(0).partitions().get(0).committedOffset();
    assertThat(offset).isEqualTo(42);
  }

  @Test
  void groupsAreListedByStateAndType() {
    node.coordinates(
        new FakeGroups()
            .lists(new Listed("a", "consumer", "Stable", GroupProtocol.CLASSIC))
            .lists(new Listed("b", "consumer", "Empty", GroupProtocol.CLASSIC))
            .lists(new Listed("c", "consumer", "Stable", GroupProtocol.CONSUMER)));

    assertThat(listed(new ListGroupsRequestData())).containsExactly("a", "b", "c");
    assertThat(listed(new ListGroupsRequestData().setStatesFilter(List.of("stable"))))
        .containsExactly("a", "c");
    assertThat(listed(new ListGroupsRequestData().setTypesFilter(List.of("consumer"))))
        .containsExactly("c");
  }

  private List<String> listed(ListGroupsRequestData request) {
    return handle(new ListGroupsHandler(), request, ApiKeys.LIST_GROUPS.latestVersion(false))
        .answer(ListGroupsResponseData.class)
        .groups()
        .stream()
        .map(group -> group.groupId())
        .toList();
  }

  @Test
  void questionsAboutSeveralGroupsAreAskedOfEach() {
    node.coordinates(
        new FakeGroups()
            .answers(
                (caller, request) ->
                    request instanceof DescribeGroupsRequestData describe
                        ? new DescribedGroup()
                            .setGroupId(describe.groups().get(0))
                            .setGroupState("Empty")
                        : new DeletableGroupResult()
                            .setGroupId(((DeleteGroupsRequestData) request).groupsNames().get(0))));

    DescribeGroupsResponseData described =
        handle(
                new DescribeGroupsHandler(),
                new DescribeGroupsRequestData()
                    .setGroups(List.of("a", "b"))
                    .setIncludeAuthorizedOperations(true),
                ApiKeys.DESCRIBE_GROUPS.latestVersion(false))
            .answer(DescribeGroupsResponseData.class);
    DeleteGroupsResponseData deleted =
        handle(
                new DeleteGroupsHandler(),
                new DeleteGroupsRequestData().setGroupsNames(List.of("a", "b", "a")),
                ApiKeys.DELETE_GROUPS.latestVersion(false))
            .answer(DeleteGroupsResponseData.class);

    assertThat(described.groups()).extracting(DescribedGroup::groupId).containsExactly("a", "b");
    assertThat(described.groups().get(0).authorizedOperations())
        .isEqualTo(ClusterView.GROUP_OPERATIONS);
    assertThat(deleted.results()).hasSize(2);
  }

  @Test
  void theCallerIsWhoTheConnectionSays() {
    AtomicReference<String> host = new AtomicReference<>();
    node.coordinates(
        new FakeGroups()
            .answers(
                (caller, request) -> {
                  host.set(caller.clientHost());
                  return new JoinGroupResponseData().setProtocolName("");
                }));

    handle(
            new JoinGroupHandler(),
            new JoinGroupRequestData().setGroupId("readers").setProtocolType("consumer"),
            ApiKeys.JOIN_GROUP.latestVersion(false))
        .answer(JoinGroupResponseData.class);

    assertThat(host.get()).isEqualTo("/127.0.0.1");
  }
}
