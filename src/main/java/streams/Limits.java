package streams;

import java.time.Duration;

/** Bounds that are not settings. */
final class Limits {
  /** What a leader remembers of a producer's batches, so that a repeated one is recognised. */
  static final int BATCHES_IN_FLIGHT_MAX = 5;

  static final int BATCH_BYTES_MIN = 1024;

  /** Sizes inside a batch are ints, and a buffer doubles as it grows. */
  static final int BATCH_BYTES_MAX = 1 << 28;

  static final int CHUNK_BYTES_MIN = 1024;
  static final int CHUNKS_MAX = 1 << 16;

  /** What a waiting result takes beside its record's bytes, so that empty envelopes count too. */
  static final int RESULT_OVERHEAD_BYTES = 64;

  /** What one record may decompress to. */
  static final int RECORD_BYTES_MAX = 1 << 28;

  /** A piece whose checksum is wrong, or that cannot be read, is asked for so often. */
  static final int DAMAGED_READS_MAX = 3;

  /** So long a stage that knows no leader of a partition waits at most before it looks again. */
  static final Duration LOOK_PAUSE_MAX = Duration.ofMillis(100);

  /** Partitions whose offsets one request commits. */
  static final int COMMIT_PARTITIONS_MAX = 1000;

  /** Offsets that a committer gathers before it commits. */
  static final int COMMIT_BATCH_MAX = 1 << 20;

  /** So often a member that leaves tells a coordinator that does not answer. */
  static final int LEAVE_TRIES_MAX = 10;

  /** What a member has, beside its drain timeout, before its group goes on without it. */
  static final Duration REVOKE_MARGIN = Duration.ofSeconds(10);

  /** So long a broker in this program may take to start, unless its settings say otherwise. */
  static final Duration START_WAIT = Duration.ofMinutes(1);

  /** So long a broker in this program is waited for when it is closed. */
  static final Duration CLOSE_WAIT = Duration.ofSeconds(90);

  /** So long the controller is waited for by who creates or deletes topics. */
  static final Duration TOPIC_CHANGE_WAIT = Duration.ofSeconds(30);

  /** Brokers of a cluster in one program. */
  static final int BROKERS_MAX = 9;

  /** Of which so many keep the metadata journal. */
  static final int VOTERS_MAX = 3;

  /** So often a cluster is begun whose free ports others have taken meanwhile. */
  static final int PORT_TRIES_MAX = 3;

  private Limits() {}
}
