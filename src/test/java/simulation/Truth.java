package simulation;

import java.nio.ByteBuffer;
import java.util.Optional;
import storage.record.RecordBatch;

/**
 * What has been committed of one partition, by whatever leader: the longest prefix that any high
 * watermark has covered. It only grows.
 */
public final class Truth {
  private final Ghost committed = new Ghost();
  private final Optional<KeyedTruth> keyed;
  private boolean lossAllowed;
  private long deletionAsked;
  private long deletedSomewhere;
  private long deletedForGood;

  /**
   * @param compacted whether records may give way to later ones of the same key
   */
  Truth(boolean compacted) {
    keyed = compacted ? Optional.of(new KeyedTruth()) : Optional.empty();
  }

  /** What it knows of single records, of a compacted topic. */
  public Optional<KeyedTruth> keyed() {
    return keyed;
  }

  /** Whether a log that goes on so has what was committed, but for what compaction takes out. */
  boolean explains(Ghost log, ByteBuffer bytes, int at) {
    long from = log.end();
    long to = RecordBatch.lastOffset(bytes, at) + 1;
    return to <= end()
        && committed.hasBoundary(from)
        && committed.hasBoundary(to)
        && log.chainAtEnd() == committed.chainAt(from)
        && keyed
            .orElseThrow()
            .lacking(from, to, bytes.slice(at, RecordBatch.size(bytes, at)))
            .isEmpty();
  }

  public Ghost committed() {
    return committed;
  }

  public long end() {
    return committed.end();
  }

  /** Whether this very batch has been committed. */
  boolean holds(ByteBuffer bytes, int at) {
    long base = RecordBatch.baseOffset(bytes, at);
    long end = RecordBatch.lastOffset(bytes, at) + 1;
    if (keyed.isPresent()) {
      return end <= end()
          && keyed.get().lacking(base, end, bytes.slice(at, RecordBatch.size(bytes, at))).isEmpty();
    }
    return end <= end()
        && committed.hasBoundary(base)
        && committed.hasBoundary(end)
        && Ghost.link(committed.chainAt(base), bytes, at) == committed.chainAt(end);
  }

  /**
   * Something happened after which records may be lost by design; what is left must still agree.
   */
  void allowLoss() {
    lossAllowed = true;
  }

  public boolean isLossAllowed() {
    return lossAllowed;
  }

  /** Somebody wants all before this offset to be deleted. */
  void askedToDelete(long beforeOffset) {
    deletionAsked = Math.max(deletionAsked, beforeOffset);
  }

  /** How far anybody wanted to delete. */
  public long deletionAsked() {
    return deletionAsked;
  }

  /** A replica's log starts there. */
  void startsAt(long logStartOffset) {
    deletedSomewhere = Math.max(deletedSomewhere, logStartOffset);
  }

  /** Somebody was told that all before this offset is deleted. */
  void answeredAsDeleted(long lowWatermark) {
    deletedForGood = Math.max(deletedForGood, lowWatermark);
  }

  public long deletedForGood() {
    return deletedForGood;
  }

  /**
   * A replica says that all is committed up to there. A deletion may reach into a batch, and then a
   * high watermark does that knows no better; but it says nothing new.
   */
  void claim(int who, Ghost log, long highWatermark, boolean leads) {
    if (lossAllowed || (highWatermark > 0 && highWatermark <= deletedSomewhere)) {
      return;
    }
    long common = Math.min(highWatermark, end());
    if (!committed.agrees(log, common)) {
      throw new SimulationFailure(
          Rule.ONE_HISTORY,
          "broker "
              + who
              + " has other records below "
              + common
              + " than what was committed: "
              + log
              + " / "
              + committed);
    }
    if (highWatermark > end()) {
      if (!leads) {
        throw new SimulationFailure(
            Rule.ONE_HISTORY,
            "broker "
                + who
                + " follows, and knows of a high watermark "
                + highWatermark
                + " past "
                + end());
      }
      if (!log.hasBoundary(highWatermark)) {
        throw new SimulationFailure(
            Rule.ONE_HISTORY,
            "broker " + who + " has its high watermark within a batch or past its end");
      }
      committed.extend(log, highWatermark);
    }
  }
}
