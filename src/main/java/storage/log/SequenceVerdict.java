package storage.log;

/** What a log says to a batch of an idempotent producer. */
public sealed interface SequenceVerdict {
  /** The batch is the next one, or its producer is not an idempotent one. */
  Accept ACCEPT = new Accept();

  record Accept() implements SequenceVerdict {}

  /** The log has this batch already, at these offsets (both inclusive). */
  record Duplicate(long firstOffset, long lastOffset, long timestamp) implements SequenceVerdict {}

  /** A batch before this one is missing. */
  record OutOfOrderSequence(int expected, int received) implements SequenceVerdict {}

  /** A later instance of the producer has written since. */
  record FencedEpoch(short currentEpoch) implements SequenceVerdict {}
}
