package actors.group.consumer;

import actors.group.GroupEvent.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/**
 * LeaveGroup to a group of KIP-848: of members of the classic protocol, and of static members of
 * either that an administrator takes out.
 */
final class ClassicLeaving {
  /** From here on a request names several members, and each has an error of its own. */
  private static final short BATCHED = 3;

  private ClassicLeaving() {}

  static LeaveGroupResponseData answer(Draft draft, Caller caller, LeaveGroupRequestData leave) {
    if (caller.apiVersion() < BATCHED) {
      MemberIdentity single = new MemberIdentity().setMemberId(leave.memberId());
      return new LeaveGroupResponseData().setErrorCode(left(draft, single).code());
    }
    List<MemberResponse> responses = new ArrayList<>();
    for (MemberIdentity leaver : leave.members()) {
      responses.add(
          new MemberResponse()
              .setMemberId(leaver.memberId())
              .setGroupInstanceId(leaver.groupInstanceId())
              .setErrorCode(left(draft, leaver).code()));
    }
    return new LeaveGroupResponseData().setMembers(responses);
  }

  private static Errors left(Draft draft, MemberIdentity leaver) {
    Optional<Member> found =
        leaver.groupInstanceId() == null
            ? draft.image().member(leaver.memberId())
            : draft.image().staticMember(leaver.groupInstanceId());
    if (found.isEmpty()) {
      return Errors.UNKNOWN_MEMBER_ID;
    }
    if (!leaver.memberId().isEmpty() && !leaver.memberId().equals(found.get().id())) {
      return Errors.FENCED_INSTANCE_ID;
    }
    Membership.remove(draft, found.get());
    return Errors.NONE;
  }
}
