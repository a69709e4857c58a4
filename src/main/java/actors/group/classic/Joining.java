package actors.group.classic;

import actors.group.GroupEvent.Caller;
import actors.group.GroupSettings;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.protocol.Errors;

/** JoinGroup: of clients that are new, have been given an id, or are members and come again. */
final class Joining {
  /** From here on a dynamic member is given its id first, and joins with it. */
  private static final short ID_FIRST = 4;

  private Joining() {}

  /** A join as it is looked at: the request, and what follows from it. */
  record Join(
      JoinGroupRequestData data, Caller caller, Waiting request, List<ClassicProtocol> protocols) {
    String memberId() {
      return data.memberId();
    }

    Optional<String> instanceId() {
      return Optional.ofNullable(data.groupInstanceId());
    }

    /** The oldest requests do not name it; the session's end is the limit then. */
    int rebalanceMillis() {
      return data.rebalanceTimeoutMs() < 0 ? data.sessionTimeoutMs() : data.rebalanceTimeoutMs();
    }

    ClassicMember update(ClassicMember member) {
      return member.withRequest(rebalanceMillis(), data.sessionTimeoutMs(), protocols);
    }
  }

  static void on(Draft group, JoinGroupRequestData data, Caller caller, long token) {
    Join join =
        new Join(
            data, caller, new Waiting(token, caller.apiVersion()), Protocols.of(data.protocols()));
    Errors wrong = wrongInItself(data, group.situation.settings());
    if (wrong != Errors.NONE) {
      group.answer(token, Answers.joinRefused(data.memberId(), wrong));
    } else if (!hasRoom(group, join.memberId())) {
      group.remove(join.memberId());
      group.answer(token, Answers.joinRefused(Errors.GROUP_MAX_SIZE_REACHED));
      Rebalancing.completeIfAllJoined(group);
    } else if (!Protocols.fit(group, data.protocolType(), join.protocols())) {
      group.answer(token, Answers.joinRefused(data.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL));
    } else if (join.memberId().isEmpty()) {
      newMember(group, join);
    } else {
      knownMember(group, join);
    }
    storeIfNew(group);
  }

  private static Errors wrongInItself(JoinGroupRequestData data, GroupSettings settings) {
    if (data.groupId().isEmpty()) {
      return Errors.INVALID_GROUP_ID;
    }
    boolean inBounds =
        data.sessionTimeoutMs() >= settings.sessionMillisMin()
            && data.sessionTimeoutMs() <= settings.sessionMillisMax();
    return inBounds ? Errors.NONE : Errors.INVALID_SESSION_TIMEOUT;
  }

  /**
   * While members join, those that have done so count, so that of a group that has become too large
   * the first to come stay in.
   */
  private static boolean hasRoom(Draft group, String memberId) {
    int membersMax = group.situation.settings().membersMax();
    ClassicMember member = group.members.get(memberId);
    return switch (group.phase) {
      case EMPTY -> true;
      case PREPARING_REBALANCE ->
          (member != null && member.awaitsJoin()) || group.members.joinedCount() < membersMax;
      case COMPLETING_REBALANCE, STABLE -> member != null || group.members.size() < membersMax;
    };
  }

  private static void newMember(Draft group, Join join) {
    String id = freshId(group, join);
    Optional<String> replaced = join.instanceId().flatMap(group::memberOfInstance);
    if (replaced.isPresent()) {
      StaticJoining.on(group, join, replaced.get(), id);
    } else if (join.instanceId().isEmpty() && join.caller().apiVersion() >= ID_FIRST) {
      giveId(group, join, id);
    } else {
      add(group, join, id);
    }
  }

  private static String freshId(Draft group, Join join) {
    String name = join.instanceId().orElse(join.caller().clientId());
    String shortened = name.substring(0, Math.min(name.length(), Limits.NAME_IN_ID_CHARS_MAX));
    return shortened + "-" + group.situation.freshIds().get();
  }

  private static void giveId(Draft group, Join join, String id) {
    if (group.pendingJoin.size() >= Limits.PENDING_MEMBERS_MAX) {
      group.answer(join.request(), Answers.joinRefused(Errors.COORDINATOR_LOAD_IN_PROGRESS));
      return;
    }
    group.pendingJoin = group.pendingJoin.plus(id);
    group.start(Draft.session(id), join.data().sessionTimeoutMs());
    group.answer(join.request(), Answers.joinRefused(id, Errors.MEMBER_ID_REQUIRED));
  }

  private static void add(Draft group, Join join, String id) {
    ClassicMember member =
        new ClassicMember(
            id,
            join.instanceId(),
            join.caller().clientId(),
            join.caller().clientHost(),
            join.rebalanceMillis(),
            join.data().sessionTimeoutMs(),
            join.protocols(),
            Bytes.EMPTY,
            Optional.of(join.request()),
            Optional.empty(),
            true);
    group.initialDelay = group.initialDelay.map(InitialDelay::withNewcomer);
    group.add(member, join.data().protocolType());
    group.start(Draft.session(id), Limits.NEW_MEMBER_JOIN_MILLIS_MAX);
    Rebalancing.prepareOrComplete(group);
  }

  private static void knownMember(Draft group, Join join) {
    String id = join.memberId();
    if (group.pendingJoin.contains(id) && join.instanceId().isEmpty()) {
      add(group, join, id);
      return;
    }
    Errors unknown = Members.check(group.members, id, join.data().groupInstanceId());
    if (unknown != Errors.NONE) {
      group.answer(join.request(), Answers.joinRefused(id, unknown));
      return;
    }
    ClassicMember member = group.members.get(id);
    if (isRepeated(group, member, join)) {
      group.answer(join.request(), Answers.joined(group, id, join.request().apiVersion()));
    } else {
      group.awaitJoin(join.update(member), join.request());
      Rebalancing.prepareOrComplete(group);
    }
  }

  /**
   * A join that says nothing new, as from a member whose answer was lost, is told of the generation
   * that there is. Not so the leader of a stable group: it joins because it wants to assign anew.
   */
  private static boolean isRepeated(Draft group, ClassicMember member, Join join) {
    boolean same = member.protocols().equals(join.protocols());
    return (group.phase == Phase.COMPLETING_REBALANCE && same)
        || (group.phase == Phase.STABLE && same && !group.isLeader(member.id()));
  }

  /** The log is to know a group from its first member on, as empty until it has an assignment. */
  private static void storeIfNew(Draft group) {
    if (!group.isStored() && !(group.members.isEmpty() && group.pendingJoin.isEmpty())) {
      group.store();
    }
  }
}
