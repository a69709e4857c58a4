package simulation;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A rule of replication broken on purpose; the simulation has to notice, and say where. */
public enum Mutation {
  NONE,
  /** The high watermark waits for the confirmed ISR alone, not for whom was proposed. */
  CONFIRMED_ISR_ONLY(Rule.IN_SYNC_HOLDS_COMMITTED),
  /** A follower cuts its log to its high watermark instead of asking its leader. */
  TRUNCATE_TO_HIGH_WATERMARK(Rule.IN_SYNC_HOLDS_COMMITTED),
  /** Replicas are proposed for the ISR that have not fetched in this epoch. */
  JOIN_WITHOUT_FETCH(Rule.JOINS_BY_FETCHING, Rule.IN_SYNC_HOLDS_COMMITTED),
  /** What replicas say is believed whatever epoch and session it is of. */
  ANY_EPOCH(Rule.IN_SYNC_HOLDS_COMMITTED, Rule.ONE_HISTORY),
  /** The controller does not compare in which life the members of an ISR have fetched. */
  ANY_BROKER_EPOCH(Rule.IN_SYNC_HOLDS_COMMITTED),
  /** A follower says that it holds what it has only received. */
  CONFIRM_BEFORE_APPEND(Rule.IN_SYNC_HOLDS_COMMITTED),
  /** Whoever lives is elected, in sync or not. */
  UNCLEAN_ELECTION(Rule.ELECTIONS),
  /** The journal takes what a stale controller writes. */
  UNCONDITIONAL_APPEND(Rule.ELECTIONS);

  private final Set<Rule> foundBy = EnumSet.noneOf(Rule.class);

  Mutation(Rule... foundBy) {
    this.foundBy.addAll(List.of(foundBy));
  }

  /** The rules of which one must be the first that does not hold. */
  Set<Rule> foundBy() {
    return foundBy;
  }
}
