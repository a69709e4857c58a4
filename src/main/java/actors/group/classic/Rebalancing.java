package actors.group.classic;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pcollections.OrderedPSet;

/** The way from one generation to the next: everybody joins anew, and then a leader is told. */
final class Rebalancing {
  private Rebalancing() {}

  /** Begins a rebalance, or ends the one that runs if nobody is missing. */
  static void prepareOrComplete(Draft group) {
    if (group.phase == Phase.PREPARING_REBALANCE) {
      completeIfAllJoined(group);
    } else {
      prepare(group);
    }
  }

  /** Calls all members to join anew. The first of a new group waits for company instead. */
  static void prepare(Draft group) {
    if (group.phase == Phase.COMPLETING_REBALANCE) {
      Syncing.callOff(group);
    }
    group.pendingSync = OrderedPSet.empty();
    group.stop(Draft.syncing());
    if (group.phase == Phase.EMPTY) {
      int delay = group.situation.settings().initialDelayMillis();
      int remaining = Math.max(group.rebalanceMillis() - delay, 0);
      group.enter(Phase.PREPARING_REBALANCE);
      group.initialDelay = Optional.of(new InitialDelay(delay, remaining, false));
      group.start(Draft.joining(), delay);
    } else {
      group.enter(Phase.PREPARING_REBALANCE);
      if (group.allHaveJoined()) {
        complete(group);
      } else {
        group.start(Draft.joining(), group.rebalanceMillis());
      }
    }
  }

  /** Ends the joining once nobody is missing; the first joining of a group lasts its time. */
  static void completeIfAllJoined(Draft group) {
    if (group.phase == Phase.PREPARING_REBALANCE
        && group.initialDelay.isEmpty()
        && group.allHaveJoined()) {
      complete(group);
    }
  }

  /** The same after somebody has been given up: then not even the first joining waits on. */
  static void completeWithoutDelay(Draft group) {
    if (group.phase == Phase.PREPARING_REBALANCE && group.allHaveJoined()) {
      complete(group);
    }
  }

  /** The time for joining is over. */
  static void joiningEnded(Draft group) {
    if (group.phase != Phase.PREPARING_REBALANCE) {
      return;
    }
    Optional<InitialDelay> extensible = group.initialDelay.filter(InitialDelay::mayExtend);
    if (extensible.isPresent()) {
      InitialDelay next =
          extensible.get().extended(group.situation.settings().initialDelayMillis());
      group.initialDelay = Optional.of(next);
      group.start(Draft.joining(), next.delayMillis());
    } else {
      complete(group);
    }
  }

  /**
   * The next generation, of those who have joined, and of static members, who have until their
   * session ends. If only such are left and none has joined, it goes on waiting.
   */
  private static void complete(Draft group) {
    group.stop(Draft.joining());
    List<String> missing =
        group.members.all().stream()
            .filter(member -> !member.awaitsJoin() && !member.isStatic())
            .map(ClassicMember::id)
            .collect(Collectors.toList());
    missing.forEach(group::remove);
    if (group.members.isEmpty()) {
      becomeEmpty(group);
    } else if (electJoinedLeader(group)) {
      tellGeneration(group);
    } else {
      group.start(Draft.joining(), group.rebalanceMillis());
    }
  }

  private static void becomeEmpty(Draft group) {
    group.generation++;
    group.protocol = Optional.empty();
    group.leader = Optional.empty();
    group.pendingSync = OrderedPSet.empty();
    group.enter(Phase.EMPTY);
    group.store();
  }

  private static boolean electJoinedLeader(Draft group) {
    Optional<ClassicMember> current = group.leader.map(group.members::get);
    if (current.isPresent() && current.get().awaitsJoin()) {
      return true;
    }
    Optional<String> joined =
        group.members.all().stream()
            .filter(ClassicMember::awaitsJoin)
            .map(ClassicMember::id)
            .findFirst();
    joined.ifPresent(id -> group.leader = joined);
    return joined.isPresent();
  }

  private static void tellGeneration(Draft group) {
    group.generation++;
    group.protocol = Protocols.choose(group.members);
    group.pendingSync = OrderedPSet.empty();
    group.enter(Phase.COMPLETING_REBALANCE);
    for (ClassicMember member : group.members.all()) {
      member
          .join()
          .ifPresent(
              join -> group.answer(join, Answers.joined(group, member.id(), join.apiVersion())));
      group.put(member.withJoin(Optional.empty()).known());
      group.pendingSync = group.pendingSync.plus(member.id());
      group.startSession(member);
    }
    group.start(Draft.syncing(), group.rebalanceMillis());
  }

  /** A member is given up: its heartbeats have stopped. */
  static void sessionEnded(Draft group, String memberId) {
    ClassicMember member = group.members.get(memberId);
    if (group.pendingJoin.contains(memberId)) {
      group.remove(memberId);
      completeWithoutDelay(group);
    } else if (member != null && !member.mayBeSilent()) {
      group.remove(memberId);
      if (group.phase == Phase.PREPARING_REBALANCE) {
        completeWithoutDelay(group);
      } else {
        prepare(group);
      }
    }
  }

  /** Members that have joined but have not fetched their assignment are given up. */
  static void syncingEnded(Draft group) {
    boolean waited = group.phase == Phase.COMPLETING_REBALANCE || group.phase == Phase.STABLE;
    if (waited && !group.pendingSync.isEmpty()) {
      group.pendingSync.forEach(group::remove);
      prepare(group);
    }
  }
}
