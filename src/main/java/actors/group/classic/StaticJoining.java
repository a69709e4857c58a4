package actors.group.classic;

import actors.group.classic.Joining.Join;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/**
 * A static member that comes back without an id, for its process has started anew (KIP-345). It
 * takes the place of its former self, and if that changes nothing for the others, they do not
 * notice.
 */
final class StaticJoining {
  /** From here on a leader may be told to leave the assignment as it is (KIP-814). */
  private static final short SKIPPING = 9;

  private StaticJoining() {}

  static void on(Draft group, Join join, String oldId, String newId) {
    Optional<String> leaderBefore = group.leader;
    ClassicMember member = join.update(replace(group, oldId, newId));
    group.put(member);
    group.startSession(member);
    if (group.phase == Phase.STABLE && keepsProtocol(group)) {
      group.store();
      group.answer(join.request(), inPlace(group, join, newId, leaderBefore));
      return;
    }
    group.awaitJoin(member, join.request());
    if (group.phase == Phase.COMPLETING_REBALANCE) {
      // The leader may have been told of the old id, and would assign to it.
      Rebalancing.prepare(group);
    } else {
      Rebalancing.prepareOrComplete(group);
    }
  }

  private static ClassicMember replace(Draft group, String oldId, String newId) {
    ClassicMember old = group.members.get(oldId);
    old.join()
        .ifPresent(
            join -> group.answer(join, Answers.joinRefused(oldId, Errors.FENCED_INSTANCE_ID)));
    old.sync()
        .ifPresent(sync -> group.answer(sync, Answers.syncRefused(Errors.FENCED_INSTANCE_ID)));
    group.stop(Draft.session(oldId));
    group.members = group.members.without(oldId);
    if (group.isLeader(oldId)) {
      group.leader = Optional.of(newId);
    }
    if (group.pendingSync.contains(oldId)) {
      group.pendingSync = group.pendingSync.minus(oldId).plus(newId);
    }
    return old.withId(newId).withJoin(Optional.empty()).withSync(Optional.empty()).known();
  }

  private static boolean keepsProtocol(Draft group) {
    return group.protocol.isPresent() && Protocols.choose(group.members).equals(group.protocol);
  }

  /**
   * A leader that cannot be told to skip the assignment is told of its former id as the leader, so
   * that it takes itself for a follower and does not assign behind the others' backs.
   */
  private static JoinGroupResponseData inPlace(
      Draft group, Join join, String id, Optional<String> leaderBefore) {
    short version = join.request().apiVersion();
    if (version >= SKIPPING) {
      return Answers.joined(group, id, version).setSkipAssignment(group.isLeader(id));
    }
    return Answers.joined(group, id, version, false).setLeader(leaderBefore.orElse(""));
  }
}
