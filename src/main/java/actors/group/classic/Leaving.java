package actors.group.classic;

import actors.group.GroupEvent.Caller;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.Errors;

/** LeaveGroup: members that go, or static members that an administrator takes out by instance. */
final class Leaving {
  /** From here on a request names several members, and each has an error of its own. */
  private static final short BATCHED = 3;

  private Leaving() {}

  static void on(Draft group, LeaveGroupRequestData data, Caller caller, long token) {
    if (data.groupId().isEmpty()) {
      group.answer(token, refused(Errors.INVALID_GROUP_ID));
      return;
    }
    boolean batched = caller.apiVersion() >= BATCHED;
    List<MemberResponse> responses = new ArrayList<>();
    int before = group.members.size();
    for (MemberIdentity leaver : batched ? data.members() : List.of(single(data))) {
      responses.add(
          new MemberResponse()
              .setMemberId(leaver.memberId())
              .setGroupInstanceId(leaver.groupInstanceId())
              .setErrorCode(leave(group, leaver).code()));
    }
    if (group.phase == Phase.PREPARING_REBALANCE) {
      Rebalancing.completeIfAllJoined(group);
    } else if (group.members.size() < before) {
      Rebalancing.prepare(group);
    }
    group.answer(
        token,
        batched
            ? new LeaveGroupResponseData().setMembers(responses)
            : refused(Errors.forCode(responses.get(0).errorCode())));
  }

  private static LeaveGroupResponseData refused(Errors error) {
    return new LeaveGroupResponseData().setErrorCode(error.code());
  }

  private static MemberIdentity single(LeaveGroupRequestData data) {
    return new MemberIdentity().setMemberId(data.memberId());
  }

  private static Errors leave(Draft group, MemberIdentity leaver) {
    String id = leaver.memberId();
    String instanceId = leaver.groupInstanceId();
    if (id.isEmpty() && instanceId != null) {
      id = group.memberOfInstance(instanceId).orElse("");
    }
    if (!group.pendingJoin.contains(id)) {
      Errors unknown = Members.check(group.members, id, instanceId);
      if (unknown != Errors.NONE) {
        return unknown;
      }
    }
    group.remove(id);
    return Errors.NONE;
  }
}
