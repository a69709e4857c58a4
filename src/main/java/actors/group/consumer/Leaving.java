package actors.group.consumer;

import actors.group.Effect;
import actors.group.TimerKey.Kind;
import java.util.Optional;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;

/** A heartbeat that says that its member goes. */
final class Leaving {
  private Leaving() {}

  /**
   * @return why it is refused; empty: it is answered
   */
  static Optional<Refusal> handle(
      Draft draft, long token, ConsumerGroupHeartbeatRequestData request) {
    GroupImage image = draft.image();
    if (image.group().epoch() == 0) {
      return refusal(Errors.GROUP_ID_NOT_FOUND, "Group " + request.groupId() + " does not exist.");
    }
    Optional<Member> found =
        request.instanceId() == null
            ? image.member(request.memberId())
            : image.staticMember(request.instanceId());
    if (found.isEmpty()) {
      return refusal(
          Errors.UNKNOWN_MEMBER_ID, "Member " + request.memberId() + " is not in the group.");
    }
    Member member = found.get();
    if (!member.id().equals(request.memberId())) {
      return refusal(
          Errors.FENCED_INSTANCE_ID,
          "Instance " + request.instanceId() + " is in use by member " + member.id() + " now.");
    }
    if (request.memberEpoch() == HeartbeatChecks.LEAVING_FOR_A_WHILE) {
      draft.writeCurrent(member.id(), member.current().leftForAWhile());
      draft.stop(member.id(), Kind.REBALANCE);
    } else {
      Membership.remove(draft, member);
    }
    draft.answer(
        new Effect.Answer(
            token,
            new ConsumerGroupHeartbeatResponseData()
                .setMemberId(request.memberId())
                .setMemberEpoch(request.memberEpoch())));
    return Optional.empty();
  }

  private static Optional<Refusal> refusal(Errors error, String message) {
    return Optional.of(new Refusal(error, message));
  }
}
