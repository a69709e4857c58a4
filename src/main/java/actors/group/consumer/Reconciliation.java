package actors.group.consumer;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Leads one member from what it has to what it is to have: first it gives up, and says so; then it
 * goes to the target's epoch; then it takes what is free.
 *
 * @param targetEpoch where it is to get
 * @param target what it is to have there
 * @param topicIds of the topics that it wants; anything else is not for it, whatever the target
 *     says
 * @param subscriptionChanged just now, so that what it has may not fit any more
 * @param reported the partitions that it says it still owns; empty: it has not said
 * @param isHeldByAnother whether a partition is not free yet
 */
record Reconciliation(
    int targetEpoch,
    TreePSet<Partition> target,
    SortedSet<Uuid> topicIds,
    boolean subscriptionChanged,
    Optional<SortedSet<Partition>> reported,
    Predicate<Partition> isHeldByAnother) {

  /**
   * Where the member is now.
   *
   * @return the same if it cannot go on; empty: nobody knows where it was, and it has to begin anew
   */
  Optional<CurrentAssignment> next(CurrentAssignment now) {
    if (!subscriptionChanged && now.isReconciledTo(targetEpoch)) {
      return Optional.of(now);
    }
    return switch (now.state()) {
      case STABLE ->
          Optional.of(now.epoch() == targetEpoch ? shrunkToSubscription(now) : towardsTarget(now));
      case UNREVOKED_PARTITIONS -> Optional.of(revoking(now));
      case UNRELEASED_PARTITIONS -> Optional.of(towardsTarget(now));
      case UNKNOWN -> reported.filter(Set::isEmpty).map(nothing -> towardsTarget(now));
    };
  }

  private CurrentAssignment revoking(CurrentAssignment now) {
    if (!stillHasAnyOf(now.revoking())) {
      return towardsTarget(now);
    }
    return subscriptionChanged ? shrunkToSubscription(now) : now;
  }

  /** Takes away what the member does not want any more, and leaves the rest as it is. */
  private CurrentAssignment shrunkToSubscription(CurrentAssignment now) {
    TreeMap<Partition, Integer> kept = new TreeMap<>(now.owned());
    TreeMap<Partition, Integer> revoking = new TreeMap<>(now.revoking());
    now.owned()
        .forEach(
            (partition, since) -> {
              if (!topicIds.contains(partition.topicId())) {
                kept.remove(partition);
                revoking.put(partition, since);
              }
            });
    if (kept.size() == now.owned().size()) {
      return now;
    }
    return stillHasAnyOf(revoking)
        ? at(now, now.epoch(), MemberState.UNREVOKED_PARTITIONS, kept, revoking)
        : at(now, now.epoch(), now.state(), kept, new TreeMap<>());
  }

  private CurrentAssignment towardsTarget(CurrentAssignment now) {
    TreeMap<Partition, Integer> kept = new TreeMap<>();
    TreeMap<Partition, Integer> revoking = new TreeMap<>();
    now.owned()
        .forEach(
            (partition, since) -> (isMeant(partition) ? kept : revoking).put(partition, since));
    if (stillHasAnyOf(revoking)) {
      return at(now, now.epoch(), MemberState.UNREVOKED_PARTITIONS, kept, revoking);
    }
    boolean unreleased = false;
    for (Partition partition : target) {
      if (isMeant(partition) && !kept.containsKey(partition)) {
        if (isHeldByAnother.test(partition)) {
          unreleased = true;
        } else {
          kept.put(partition, targetEpoch);
        }
      }
    }
    MemberState state = unreleased ? MemberState.UNRELEASED_PARTITIONS : MemberState.STABLE;
    return at(now, targetEpoch, state, kept, new TreeMap<>());
  }

  private boolean isMeant(Partition partition) {
    return target.contains(partition) && topicIds.contains(partition.topicId());
  }

  /** One that has not said what it owns may own all of them. */
  private boolean stillHasAnyOf(Map<Partition, Integer> given) {
    return !given.isEmpty()
        && reported.map(owned -> owned.stream().anyMatch(given::containsKey)).orElse(true);
  }

  /** The same, not a copy, where nothing but the memory of the epoch before would change. */
  private static CurrentAssignment at(
      CurrentAssignment now,
      int epoch,
      MemberState state,
      SortedMap<Partition, Integer> owned,
      SortedMap<Partition, Integer> revoking) {
    boolean same =
        epoch == now.epoch()
            && state == now.state()
            && owned.equals(now.owned())
            && revoking.equals(now.revoking());
    return same
        ? now
        : now.at(epoch, state, TreePMap.fromSortedMap(owned), TreePMap.fromSortedMap(revoking));
  }
}
