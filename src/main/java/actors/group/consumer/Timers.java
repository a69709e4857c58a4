package actors.group.consumer;

import actors.group.Effect;
import actors.group.TimerKey;
import actors.group.TimerKey.Kind;
import java.util.List;

/** What happens when a member is silent or late, and from when on that counts. */
final class Timers {
  private Timers() {}

  static void fired(Draft draft, TimerKey timer) {
    if (timer.kind() == Kind.REFRESH) {
      Membership.refreshTopics(draft);
      if (!draft.image().members().isEmpty()) {
        draft.start("", Kind.REFRESH, Limits.REFRESH_MILLIS);
      }
    } else {
      draft
          .image()
          .member(timer.memberId())
          .filter(member -> isLate(draft, member, timer.kind()))
          .ifPresent(late -> Membership.remove(draft, late));
    }
  }

  private static boolean isLate(Draft draft, Member member, Kind kind) {
    if (kind == Kind.SESSION) {
      return true;
    }
    return member.isClassic()
        ? draft.isExpected(member.id(), kind)
        : kind == Kind.REBALANCE && member.current().state() == MemberState.UNREVOKED_PARTITIONS;
  }

  /** Of a group that has just been read: what members sent meanwhile was lost. */
  static void startAll(Draft draft) {
    for (Member member : draft.image().members().values()) {
      if (member.isClassic()) {
        ClassicRequests.startSession(draft, member);
      } else {
        draft.start(
            member.id(), Kind.SESSION, draft.situation().settings().consumer().sessionMillis());
        Reconcilers.resumeRebalanceTimer(draft, member);
      }
    }
    draft.start("", Kind.REFRESH, Limits.REFRESH_MILLIS);
  }

  /** A commit is a sign of life of those only whose heartbeats do not go on by themselves. */
  static List<Effect> sessionAnew(Member member) {
    return member.info().classic().stream()
        .<Effect>map(
            client ->
                new Effect.StartTimer(
                    new TimerKey(member.id(), Kind.SESSION), client.sessionMillis()))
        .toList();
  }
}
