package actors.partition;

import java.util.Optional;
import storage.log.EpochHistory;
import storage.log.LogRange;

/**
 * Whether a follower's log is the beginning of its leader's, and if not, where they part. It is
 * decided by leader epochs alone (KIP-101, KIP-279, KIP-595).
 */
sealed interface Divergence {
  /** The follower may go on where its log ends. */
  record None() implements Divergence {}

  /**
   * The follower cuts its log back to this epoch's end and asks again.
   *
   * @param lastEpoch largest epoch of the leader that is not after the follower's
   */
  record At(int lastEpoch, long endOffset) implements Divergence {}

  /** The follower drops all it has and begins here. */
  record Restart(long offset) implements Divergence {}

  /**
   * What the leader answers.
   *
   * @param history of the leader
   * @param log of the leader, from the first batch that it can give a follower
   * @param lastEpoch the follower's latest epoch, or -1 if it has none
   * @param endOffset the follower's log end
   * @param batchStart where the leader's batch begins that has the log end of an empty follower in
   *     its middle; otherwise the follower's log end
   */
  static Divergence between(
      EpochHistory history, LogRange log, int lastEpoch, long endOffset, long batchStart) {
    if (lastEpoch < 0) {
      return endOffset >= log.startOffset() && endOffset <= log.endOffset()
          ? goOn(endOffset, batchStart)
          : new Restart(log.startOffset());
    }
    int latest = history.latestEpoch().orElse(-1);
    if (latest < 0) {
      return new Restart(log.startOffset());
    }
    EpochHistory.EpochEnd end =
        history
            .endOffsetFor(Math.min(lastEpoch, latest), log.endOffset())
            .orElse(new EpochHistory.EpochEnd(latest, log.endOffset()));
    if (end.epoch() != lastEpoch || endOffset > end.endOffset()) {
      return new At(end.epoch(), end.endOffset());
    }
    return endOffset < log.startOffset()
        ? new Restart(log.startOffset())
        : goOn(endOffset, batchStart);
  }

  /**
   * An empty log may begin anywhere: where records were deleted up to, by a leader whose batches
   * were not these. What begins before it can only be taken whole.
   */
  private static Divergence goOn(long endOffset, long batchStart) {
    return batchStart < endOffset ? new Restart(batchStart) : new None();
  }

  /**
   * Where the follower cuts its log, told that it parts from its leader's: whatever both have of
   * the epoch named stays.
   *
   * @param history of the follower
   */
  static long cut(EpochHistory history, LogRange log, At at) {
    Optional<EpochHistory.EpochEnd> own = history.endOffsetFor(at.lastEpoch(), log.endOffset());
    long ownEnd = own.map(EpochHistory.EpochEnd::endOffset).orElse(log.endOffset());
    return Math.min(Math.min(at.endOffset(), ownEnd), log.endOffset());
  }
}
