package actors.group.classic;

import actors.group.GroupEvent.Caller;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** SyncGroup: the leader brings the assignment, and each member gets its part. */
final class Syncing {
  /** From here on the request has to say which protocol it is about. */
  private static final short WITH_PROTOCOL = 5;

  private Syncing() {}

  static void on(Draft group, SyncGroupRequestData data, Caller caller, long token) {
    Errors wrong = check(group, data, caller);
    if (wrong != Errors.NONE) {
      group.answer(token, Answers.syncRefused(wrong));
      return;
    }
    String id = data.memberId();
    if (group.pendingSync.contains(id)) {
      group.pendingSync = group.pendingSync.minus(id);
      if (group.pendingSync.isEmpty()) {
        group.stop(Draft.syncing());
      }
    }
    if (group.phase == Phase.STABLE) {
      Bytes assignment = group.members.get(id).assignment();
      group.answer(token, Answers.synced(group.protocolType, group.protocol, assignment));
      return;
    }
    group.awaitSync(group.members.get(id), new Waiting(token, caller.apiVersion()));
    if (group.isLeader(id)) {
      assign(group, data.assignments());
    }
  }

  private static Errors check(Draft group, SyncGroupRequestData data, Caller caller) {
    if (data.groupId().isEmpty()) {
      return Errors.INVALID_GROUP_ID;
    }
    if (caller.apiVersion() >= WITH_PROTOCOL
        && (data.protocolType() == null || data.protocolName() == null)) {
      return Errors.INCONSISTENT_GROUP_PROTOCOL;
    }
    Errors unknown = Members.check(group.members, data.memberId(), data.groupInstanceId());
    if (unknown != Errors.NONE) {
      return unknown;
    }
    if (data.generationId() != group.generation) {
      return Errors.ILLEGAL_GENERATION;
    }
    if (differs(data.protocolType(), Optional.of(group.protocolType))
        || differs(data.protocolName(), group.protocol)) {
      return Errors.INCONSISTENT_GROUP_PROTOCOL;
    }
    return group.phase == Phase.PREPARING_REBALANCE ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
  }

  private static boolean differs(String named, Optional<String> actual) {
    return named != null && !Optional.of(named).equals(actual);
  }

  private static void assign(Draft group, List<SyncGroupRequestAssignment> assignments) {
    Map<String, Bytes> byMember = new LinkedHashMap<>();
    assignments.forEach(each -> byMember.put(each.memberId(), Bytes.of(each.assignment())));
    for (ClassicMember member : group.members.all()) {
      group.put(member.withAssignment(byMember.getOrDefault(member.id(), Bytes.EMPTY)));
    }
    group.enter(Phase.STABLE);
    group.store();
    for (ClassicMember member : group.members.all()) {
      tell(group, member, Answers::synced);
    }
  }

  /** The generation ends before it had an assignment: those who wait for theirs join anew. */
  static void callOff(Draft group) {
    for (ClassicMember member : group.members.all()) {
      tell(
          group,
          member.withAssignment(Bytes.EMPTY),
          (type, name, none) -> Answers.syncRefused(Errors.REBALANCE_IN_PROGRESS));
    }
  }

  /** Who waited need not have sent heartbeats, so its time begins anew. */
  private static void tell(Draft group, ClassicMember member, SyncAnswer answer) {
    if (member.sync().isPresent()) {
      group.answer(
          member.sync().get(), answer.of(group.protocolType, group.protocol, member.assignment()));
      group.startSession(member);
    }
    group.put(member.withSync(Optional.empty()));
  }

  private interface SyncAnswer {
    SyncGroupResponseData of(String protocolType, Optional<String> protocol, Bytes assignment);
  }
}
