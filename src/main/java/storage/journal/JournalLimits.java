package storage.journal;

/** The bounds of the journal, by name. Each is tested at its edge. */
final class JournalLimits {
  /** One encoded command (an atomic write or one actor snapshot), after which it is refused. */
  static final int COMMAND_BYTES_MAX = 32 << 20;

  /** Encoded commands above this size travel through the Raft log in parts of it. */
  static final int PART_BYTES_MAX = 256 << 10;

  /** Commands of which some parts have arrived; when another one starts, the oldest is dropped. */
  static final int PARTIAL_COMMANDS_MAX = 4;

  /** Writers per persistence id that are remembered as refused; the oldest is forgotten first. */
  static final int RETIRED_WRITERS_MAX = 16;

  /** Actor snapshots kept per persistence id; the oldest goes when a newer one is saved. */
  static final int SNAPSHOTS_KEPT_MAX = 2;

  /** Bytes of events and snapshots in memory, above which events are refused (deletes are not). */
  static final long IMAGE_BYTES_MAX = 512L << 20;

  /** Events handed to one recovering actor at a time. */
  static final int REPLAY_PAGE_EVENTS_MAX = 256;

  /** UTF-8 bytes of a persistence id or a writer's identity. */
  static final int NAME_BYTES_MAX = 4 << 10;

  /** Raft entry around one part: the part plus Raft's own fields. */
  static final int RAFT_ENTRY_BYTES_MAX = PART_BYTES_MAX + (64 << 10);

  /** Threads that answer other voters, and calls that wait for one; more are refused. */
  static final int CALL_THREADS_MAX = 8;

  static final int CALLS_WAITING_MAX = 256;

  /** Commands in the leader that wait for their commit; more are tried again later. */
  static final int PENDING_COMMANDS_MAX = 1024;

  private JournalLimits() {}
}
