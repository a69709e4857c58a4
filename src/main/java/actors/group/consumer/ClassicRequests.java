package actors.group.consumer;

import actors.group.Effect;
import actors.group.GroupEvent.Requested;
import actors.group.TimerKey.Kind;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * Requests of members that speak the classic protocol in a group of this one, as KIP-848 has it
 * while a group is on its way from one to the other. To such a member, its epoch is the generation,
 * the coordinator is the leader, and each step of its reconciliation is a rebalance.
 */
final class ClassicRequests {
  private ClassicRequests() {}

  /**
   * @throws IllegalArgumentException if the request is not one of a member of a group
   */
  static void handle(Draft draft, Requested event) {
    ApiMessage request = event.request();
    draft.answer(new Effect.Answer(event.token(), answer(draft, event, request)));
  }

  private static ApiMessage answer(Draft draft, Requested event, ApiMessage request) {
    if (request instanceof JoinGroupRequestData join) {
      return new ClassicJoining(draft, event.caller(), join).answer();
    }
    if (request instanceof SyncGroupRequestData sync) {
      return ClassicSyncing.answer(draft, event.caller(), sync);
    }
    if (request instanceof HeartbeatRequestData heartbeat) {
      return ClassicSyncing.answer(draft, heartbeat);
    }
    if (request instanceof LeaveGroupRequestData leave) {
      return ClassicLeaving.answer(draft, event.caller(), leave);
    }
    throw new IllegalArgumentException(
        "a group takes no request of class " + request.getClass().getSimpleName());
  }

  /**
   * Whether a member of the classic protocol is the one that it says it is.
   *
   * @param instanceId null: of a dynamic member
   */
  static Errors check(GroupImage image, String memberId, String instanceId) {
    if (instanceId != null) {
      String standing = image.statics().get(instanceId);
      if (standing == null) {
        return Errors.UNKNOWN_MEMBER_ID;
      }
      if (!standing.equals(memberId)) {
        return Errors.FENCED_INSTANCE_ID;
      }
    }
    return image.member(memberId).filter(Member::isClassic).isPresent()
        ? Errors.NONE
        : Errors.UNKNOWN_MEMBER_ID;
  }

  static Errors check(GroupImage image, String memberId, String instanceId, int generation) {
    Errors unknown = check(image, memberId, instanceId);
    if (unknown != Errors.NONE) {
      return unknown;
    }
    return image.members().get(memberId).current().epoch() == generation
        ? Errors.NONE
        : Errors.ILLEGAL_GENERATION;
  }

  static void startSession(Draft draft, Member member) {
    member
        .info()
        .classic()
        .ifPresent(client -> draft.start(member.id(), Kind.SESSION, client.sessionMillis()));
  }
}
