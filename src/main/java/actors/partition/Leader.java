package actors.partition;

import actors.InvariantViolation;
import actors.LeaderEpoch;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;

/**
 * A replica that leads: where its log ends, how much of that is committed. One immutable value;
 * each event yields the next.
 *
 * @param epoch its reign
 * @param epochStartOffset log end when the reign began
 * @param logEndOffset exclusive
 * @param durableEndOffset exclusive end of what has been forced to disk in this life of the log
 * @param highWatermark exclusive end of what readers see and acks=all may answer for
 * @param commitsOnFlush whether a record counts as held here only once it is forced to disk
 */
record Leader(
    LeaderEpoch epoch,
    long epochStartOffset,
    long logEndOffset,
    long durableEndOffset,
    long highWatermark,
    boolean commitsOnFlush) {

  Leader {
    if (highWatermark > logEndOffset || durableEndOffset > logEndOffset) {
      throw new InvariantViolation(
          "high watermark %d and durable end %d must not pass the log end %d"
              .formatted(highWatermark, durableEndOffset, logEndOffset));
    }
  }

  /**
   * A reign begins. What the log holds was committed by earlier ones as far as the known high
   * watermark goes; the rest is committed anew by the rule of this epoch.
   */
  static Leader elected(
      LeaderEpoch epoch,
      long logEndOffset,
      long durableEndOffset,
      long highWatermark,
      boolean commitsOnFlush) {
    return new Leader(
            epoch,
            logEndOffset,
            logEndOffset,
            Math.min(durableEndOffset, logEndOffset),
            Math.min(highWatermark, logEndOffset),
            commitsOnFlush)
        .advanced();
  }

  Leader appended(long newLogEndOffset) {
    if (newLogEndOffset < logEndOffset) {
      throw new InvariantViolation(
          "a leader's log end went back from %d to %d".formatted(logEndOffset, newLogEndOffset));
    }
    return new Leader(
            epoch,
            epochStartOffset,
            newLogEndOffset,
            durableEndOffset,
            highWatermark,
            commitsOnFlush)
        .advanced();
  }

  Leader flushed(long flushedEndOffset) {
    long durable = Math.max(durableEndOffset, flushedEndOffset);
    return new Leader(epoch, epochStartOffset, logEndOffset, durable, highWatermark, commitsOnFlush)
        .advanced();
  }

  Leader withCommitsOnFlush(boolean commits) {
    return new Leader(
            epoch, epochStartOffset, logEndOffset, durableEndOffset, highWatermark, commits)
        .advanced();
  }

  /** End of what this replica counts as holding: acks=1 answers up to here. */
  long heldEndOffset() {
    return commitsOnFlush ? durableEndOffset : logEndOffset;
  }

  /**
   * Compares the epoch that a client believes in (KIP-320).
   *
   * @param believed empty where it does not say
   */
  Errors checkEpoch(OptionalInt believed) {
    if (believed.isEmpty() || believed.getAsInt() == epoch.value()) {
      return Errors.NONE;
    }
    return believed.getAsInt() < epoch.value()
        ? Errors.FENCED_LEADER_EPOCH
        : Errors.UNKNOWN_LEADER_EPOCH;
  }

  private Leader advanced() {
    long[] inSyncEndOffsets = {heldEndOffset()};
    long advanced = HighWatermark.advance(highWatermark, logEndOffset, inSyncEndOffsets);
    return new Leader(
        epoch, epochStartOffset, logEndOffset, durableEndOffset, advanced, commitsOnFlush);
  }
}
