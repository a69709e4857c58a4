package actors.partition;

/** Which offset is asked for. */
public sealed interface OffsetQuery {
  /** The first offset still in the log. */
  record Earliest() implements OffsetQuery {}

  /** The end as readers see it: the high watermark, or the last stable offset. */
  record Latest(boolean committedOnly) implements OffsetQuery {}

  /** The first record whose timestamp is at least this. */
  record ByTimestamp(long timestampMillis) implements OffsetQuery {}

  /** The record with the greatest timestamp (KIP-734). */
  record MaxTimestamp() implements OffsetQuery {}

  /** Where the given leader epoch ended (KIP-101, KIP-279): end offset and the epoch found. */
  record EndOfEpoch(int leaderEpoch) implements OffsetQuery {}
}
