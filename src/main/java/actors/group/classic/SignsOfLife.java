package actors.group.classic;

import actors.group.Effect;
import actors.group.Group.Committer;
import actors.group.Step;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeats and commits: they leave the group as it is, and let a session begin anew. */
final class SignsOfLife {
  private SignsOfLife() {}

  static Step heartbeat(ClassicGroup group, HeartbeatRequestData data, long token) {
    Errors error = check(group, data);
    Effect answer = new Effect.Answer(token, Answers.heartbeat(error));
    boolean lives = error == Errors.NONE || error == Errors.REBALANCE_IN_PROGRESS;
    return lives
        ? Step.stay(group, sessionAnew(group.roster().get(data.memberId())), answer)
        : Step.stay(group, answer);
  }

  private static Errors check(ClassicGroup group, HeartbeatRequestData data) {
    if (data.groupId().isEmpty()) {
      return Errors.INVALID_GROUP_ID;
    }
    Errors unknown = Members.check(group.roster(), data.memberId(), data.groupInstanceId());
    if (unknown != Errors.NONE) {
      return unknown;
    }
    if (data.generationId() != group.generation()) {
      return Errors.ILLEGAL_GENERATION;
    }
    return group.phase() == Phase.PREPARING_REBALANCE ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
  }

  /**
   * Who is in no group may commit while there is none. A member may, of its generation, until the
   * next one has begun; once it has been told of that, it has to fetch its assignment first.
   */
  static Errors mayCommit(ClassicGroup group, Committer committer) {
    boolean empty = group.phase() == Phase.EMPTY;
    if (committer.epoch() < 0 && empty) {
      return Errors.NONE;
    }
    boolean nameless =
        committer.epoch() < 0 && committer.memberId().isEmpty() && committer.instanceId().isEmpty();
    if (nameless) {
      return Errors.UNKNOWN_MEMBER_ID;
    }
    Errors unknown =
        Members.check(group.roster(), committer.memberId(), committer.instanceId().orElse(null));
    if (unknown != Errors.NONE) {
      return unknown;
    }
    if (committer.epoch() != group.generation()) {
      return Errors.ILLEGAL_GENERATION;
    }
    return group.phase() == Phase.COMPLETING_REBALANCE ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
  }

  static List<Effect> committed(ClassicGroup group, Committer committer) {
    ClassicMember member = group.roster().get(committer.memberId());
    return member == null ? List.of() : List.of(sessionAnew(member));
  }

  private static Effect sessionAnew(ClassicMember member) {
    return new Effect.StartTimer(Draft.session(member.id()), member.sessionMillis());
  }
}
