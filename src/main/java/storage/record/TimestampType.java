package storage.record;

/** Whose clock a record's timestamp was read from. */
public enum TimestampType {
  /** The producer's: each record has its own. */
  CREATE_TIME,
  /** The leader's: one for the whole batch, in its max timestamp. */
  LOG_APPEND_TIME
}
