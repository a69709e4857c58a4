package actors.group.consumer;

import actors.group.TimerKey.Kind;
import java.util.Optional;
import java.util.SortedSet;

/** Brings together what a member's reconciliation needs, and its timer. */
final class Reconcilers {
  private Reconcilers() {}

  static Reconciliation of(
      Draft draft,
      Member member,
      boolean subscriptionChanged,
      Optional<SortedSet<Partition>> reported) {
    GroupImage image = draft.image();
    return new Reconciliation(
        image.targetEpoch().epoch(),
        image.targetOf(member.id()),
        Subscriptions.topicIds(image, member.info(), draft.situation().topics()),
        subscriptionChanged,
        reported,
        partition -> image.isHeldByAnother(partition, member.id()));
  }

  /** Whoever has to give something up has the time for it that it asked for. */
  static void setRebalanceTimer(Draft draft, Member member, CurrentAssignment next) {
    if (next.state() == MemberState.UNREVOKED_PARTITIONS) {
      draft.start(member.id(), Kind.REBALANCE, member.info().rebalanceMillis());
    } else {
      draft.stop(member.id(), Kind.REBALANCE);
    }
  }

  /** The same for a coordinator that has just read of it. */
  static void resumeRebalanceTimer(Draft draft, Member member) {
    if (member.current().state() == MemberState.UNREVOKED_PARTITIONS) {
      draft.start(member.id(), Kind.REBALANCE, member.info().rebalanceMillis());
    }
  }
}
