package actors.group.consumer;

import actors.group.GroupEvent.Requested;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/** Requests of the classic protocol, which has no members here. */
final class ForeignRequests {
  private ForeignRequests() {}

  /**
   * @throws IllegalArgumentException if the request is not one of a member of a group
   */
  static ApiMessage answer(Requested event) {
    ApiMessage request = event.request();
    if (request instanceof JoinGroupRequestData join) {
      return new JoinGroupResponseData()
          .setMemberId(join.memberId())
          .setProtocolType(join.protocolType())
          .setErrorCode(Errors.INCONSISTENT_GROUP_PROTOCOL.code());
    }
    if (request instanceof SyncGroupRequestData) {
      return new SyncGroupResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code());
    }
    if (request instanceof HeartbeatRequestData) {
      return new HeartbeatResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code());
    }
    if (request instanceof LeaveGroupRequestData leave) {
      return answer(leave, event.caller().apiVersion());
    }
    throw new IllegalArgumentException(
        "a group takes no request of class " + request.getClass().getSimpleName());
  }

  /** Before version 3 a request names one member, and its error is the answer's own. */
  private static LeaveGroupResponseData answer(LeaveGroupRequestData leave, short version) {
    if (version < 3) {
      return new LeaveGroupResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code());
    }
    List<LeaveGroupResponseData.MemberResponse> members = new ArrayList<>();
    for (LeaveGroupRequestData.MemberIdentity member : leave.members()) {
      members.add(
          new LeaveGroupResponseData.MemberResponse()
              .setMemberId(member.memberId())
              .setGroupInstanceId(member.groupInstanceId())
              .setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()));
    }
    return new LeaveGroupResponseData().setMembers(members);
  }
}
