package simulation;

/** A rule of replication broken on purpose; the simulation has to notice. */
public enum Mutation {
  NONE,
  /** The high watermark waits for the confirmed ISR alone, not for whom was proposed. */
  CONFIRMED_ISR_ONLY,
  /** A follower cuts its log to its high watermark instead of asking its leader. */
  TRUNCATE_TO_HIGH_WATERMARK,
  /** Replicas are proposed for the ISR that have not fetched in this epoch. */
  JOIN_WITHOUT_FETCH,
  /** What replicas say is believed whatever epoch and session it is of. */
  ANY_EPOCH,
  /** The controller does not compare in which life the members of an ISR have fetched. */
  ANY_BROKER_EPOCH,
  /** A leader answers for a deletion that its followers have not heard of. */
  DELETED_AT_THE_LEADER_ALONE,
  /** A follower says that it holds what it has only received. */
  CONFIRM_BEFORE_APPEND,
  /** Whoever lives is elected, in sync or not. */
  UNCLEAN_ELECTION,
  /** The journal takes what a stale controller writes. */
  UNCONDITIONAL_APPEND
}
