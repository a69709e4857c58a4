package actors.group;

import actors.group.offsets.OffsetAnswers;
import actors.group.offsets.OffsetCommits;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.Message;

/** The answer that says no, in the class that belongs to each request. */
final class Refusals {
  private static final byte[] NOTHING = new byte[0];

  private Refusals() {}

  /**
   * @param request one of those that a coordinator takes
   */
  static Message of(Message request, Errors error) {
    return of(request, error, error.message());
  }

  /**
   * @param sentence for clients, where the answer has room for it
   */
  static Message of(Message request, Errors error, String sentence) {
    if (request instanceof OffsetCommitRequestData commit) {
      return OffsetCommits.refused(commit, error);
    }
    if (request instanceof OffsetFetchRequestGroup fetch) {
      return OffsetAnswers.refused(fetch, error);
    }
    if (request instanceof OffsetDeleteRequestData) {
      return new OffsetDeleteResponseData().setErrorCode(error.code());
    }
    return isAboutGroups(request)
        ? ofQuestion(request, error, sentence)
        : ofMember(request, error, sentence);
  }

  private static boolean isAboutGroups(Message request) {
    return request instanceof DescribeGroupsRequestData
        || request instanceof ConsumerGroupDescribeRequestData
        || request instanceof DeleteGroupsRequestData;
  }

  private static Message ofQuestion(Message request, Errors error, String sentence) {
    if (request instanceof DescribeGroupsRequestData describe) {
      return new DescribeGroupsResponseData.DescribedGroup()
          .setGroupId(describe.groups().get(0))
          .setErrorCode(error.code())
          .setErrorMessage(sentence);
    }
    if (request instanceof ConsumerGroupDescribeRequestData describe) {
      return new ConsumerGroupDescribeResponseData.DescribedGroup()
          .setGroupId(describe.groupIds().get(0))
          .setErrorCode(error.code())
          .setErrorMessage(sentence);
    }
    return new DeletableGroupResult()
        .setGroupId(((DeleteGroupsRequestData) request).groupsNames().get(0))
        .setErrorCode(error.code())
        .setErrorMessage(sentence);
  }

  private static Message ofMember(Message request, Errors error, String sentence) {
    if (request instanceof JoinGroupRequestData join) {
      return new JoinGroupResponseData()
          .setErrorCode(error.code())
          .setGenerationId(-1)
          .setProtocolType(null)
          .setProtocolName("")
          .setLeader("")
          .setMemberId(join.memberId());
    }
    if (request instanceof SyncGroupRequestData) {
      return new SyncGroupResponseData().setErrorCode(error.code()).setAssignment(NOTHING);
    }
    if (request instanceof HeartbeatRequestData) {
      return new HeartbeatResponseData().setErrorCode(error.code());
    }
    if (request instanceof LeaveGroupRequestData leave) {
      return refused(leave, error);
    }
    if (request instanceof ConsumerGroupHeartbeatRequestData beat) {
      return new ConsumerGroupHeartbeatResponseData()
          .setErrorCode(error.code())
          .setErrorMessage(sentence)
          .setMemberId(beat.memberId());
    }
    throw new IllegalArgumentException("no request for a group: " + request);
  }

  private static LeaveGroupResponseData refused(LeaveGroupRequestData leave, Errors error) {
    return new LeaveGroupResponseData()
        .setErrorCode(error.code())
        .setMembers(
            leave.members().stream()
                .map(
                    member ->
                        new LeaveGroupResponseData.MemberResponse()
                            .setMemberId(member.memberId())
                            .setGroupInstanceId(member.groupInstanceId())
                            .setErrorCode(error.code()))
                .collect(Collectors.toList()));
  }

  /**
   * What a client is told when its records could not be appended, so that it does the right thing.
   */
  static Errors ofAppend(Errors appending) {
    return switch (appending) {
      case NOT_ENOUGH_REPLICAS,
          NOT_ENOUGH_REPLICAS_AFTER_APPEND,
          REQUEST_TIMED_OUT,
          UNKNOWN_TOPIC_OR_PARTITION ->
          Errors.COORDINATOR_NOT_AVAILABLE;
      case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, LEADER_NOT_AVAILABLE, KAFKA_STORAGE_ERROR ->
          Errors.NOT_COORDINATOR;
      default -> Errors.UNKNOWN_SERVER_ERROR;
    };
  }
}
