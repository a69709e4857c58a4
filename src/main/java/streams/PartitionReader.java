package streams;

import actors.partition.Replica;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A partition that a source reads: whom it asks, what is under way, and the pieces in memory. Also
 * the key of the timer that ends its pauses.
 */
final class PartitionReader {
  private static final long NONE = -1;

  final int index;
  final TopicPartition partition;
  final PartitionProgress progress;

  /** Null while it is not known. */
  ActorRef<Replica.Command> leader;

  /** What the stream is given now; null if there is nothing. */
  Chunk current;

  /** What comes after it. */
  Chunk ahead;

  /** Told of, but not brought into memory yet. */
  Optional<Load> load = Optional.empty();

  boolean loading;
  int damagedReads;

  /** Pauses since an answer came last. */
  int pauses;

  /** For a leader, in vain, since there was one. */
  int looks;

  boolean paused;

  /** Waits for demand. */
  boolean idle;

  /** Nobody wants it any more. */
  boolean removed;

  /** Where reading began; -1: not known yet. */
  long startOffset = NONE;

  /** Behind the last record that the stream was given; -1: none was. */
  long emittedEnd = NONE;

  /** As the leader has said last; -1: it has not. */
  long highWatermark = NONE;

  /** What it is read for, in a group; else null. */
  Lease lease;

  private long correlation = NONE;
  private long askedNanos;
  private boolean registered;
  private long unknownSinceNanos = NONE;

  PartitionReader(int index, TopicPartition partition, PartitionProgress progress) {
    this.index = index;
    this.partition = partition;
    this.progress = progress;
  }

  void asked(long newCorrelation, long nowNanos) {
    correlation = newCorrelation;
    askedNanos = nowNanos;
    registered = false;
  }

  /** The leader has nothing yet and will tell when it has: no timeout from here on. */
  void registered() {
    registered = true;
  }

  void answered() {
    correlation = NONE;
  }

  boolean isAnsweredBy(long answerCorrelation) {
    return correlation == answerCorrelation;
  }

  boolean isAsking() {
    return correlation != NONE;
  }

  long correlation() {
    return correlation;
  }

  /** An answer is due, be it that there is nothing yet. */
  boolean awaitsAnswer() {
    return isAsking() && !registered;
  }

  boolean isOverdue(long nowNanos, long requestNanos) {
    return awaitsAnswer() && nowNanos - askedNanos >= requestNanos;
  }

  /** Whether nothing is under way and there is room for a piece ahead. */
  boolean isFree() {
    return !removed
        && !isAsking()
        && !paused
        && !idle
        && !loading
        && load.isEmpty()
        && ahead == null;
  }

  /** What it has in memory of the log. */
  long bytesInMemory() {
    return sizeOf(current) + sizeOf(ahead);
  }

  private static long sizeOf(Chunk chunk) {
    return chunk == null ? 0 : chunk.size();
  }

  /** Whether a piece may come for which there was demand. */
  boolean isExpecting() {
    return (isAsking() && progress.isLocated()) || loading || load.isPresent();
  }

  ConsumerMetrics.Place place() {
    return new ConsumerMetrics.Place(
        partition,
        emittedEnd == NONE ? startOffset : emittedEnd,
        progress.isLocated() ? progress.position() : NONE,
        highWatermark);
  }

  /** The leader has answered as a leader does. */
  void known() {
    unknownSinceNanos = NONE;
    pauses = 0;
  }

  /** Once more nobody knows of the partition; says for how long now. */
  long unknownNanos(long nowNanos) {
    if (unknownSinceNanos == NONE) {
      unknownSinceNanos = nowNanos;
    }
    return nowNanos - unknownSinceNanos;
  }
}
