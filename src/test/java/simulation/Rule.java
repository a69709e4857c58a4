package simulation;

/** What a simulated world is held to; a failure names the one that did not hold. */
public enum Rule {
  /** One leader to an epoch, its epoch on record, its log never shorter. */
  LEADERS_NEVER_TRUNCATE,
  /** A high watermark never goes back, nor past the log's end, nor on with too small an ISR. */
  HIGH_WATERMARK,
  /** Who may lead without loss has everything that was ever called committed. */
  IN_SYNC_HOLDS_COMMITTED,
  /** What any leader has called committed is one history. */
  ONE_HISTORY,
  /** Who leads is who has to, by who is live, in sync and eligible. */
  ELECTIONS,
  /** Whoever lost something is trusted with nothing until it has followed again. */
  LOST_LEAVES,
  /** Nobody comes into an ISR who has not followed its leader in this epoch and this life. */
  JOINS_BY_FETCHING,
  /** An idempotent producer's batches are in each log once and in order. */
  IDEMPOTENT_ONCE,
  /** Stored and served batches are what was written. */
  SOUND_BATCHES,
  /** acks=all is answered for what is committed. */
  ANSWERED_IS_COMMITTED,
  /** A reader is given nothing but what is committed. */
  READ_IS_COMMITTED,
  /** A consumer is given everything, in order. */
  READS_LEAVE_NOTHING_OUT,
  /** Once the faults are over everything comes to rest. */
  COMES_TO_REST,
  /** In the end all replicas have the same bytes. */
  LOGS_ARE_EQUAL,
  /** In the end everything that was acknowledged with acks=all is where it was said to be. */
  ACKNOWLEDGED_IS_THERE,
  /** What compaction takes out of a log is not the last committed record of its key. */
  LAST_OF_EACH_KEY,
  /** What was deleted was committed, and nobody who may lead without loss brings it back. */
  DELETED_STAYS_DELETED,
  /** Nothing ends with an exception. */
  NOTHING_BREAKS
}
