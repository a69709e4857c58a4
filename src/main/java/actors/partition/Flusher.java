package actors.partition;

import java.util.Optional;
import storage.log.FlushTicket;
import storage.log.PartitionLog;
import storage.log.StorageFailure;

/**
 * Group commit: one fsync at a time, off the replica's thread; it covers every append that waits,
 * and the next one those that came meanwhile. Outlives the reigns, since the log must not be closed
 * under it.
 */
final class Flusher {
  private final PartitionLog log;
  private final Surroundings around;
  private boolean flushing;

  Flusher(PartitionLog log, Surroundings around) {
    this.log = log;
    this.around = around;
  }

  /**
   * Begins a flush if one is due and none is going on; its end comes as {@link Replica.FlushEnded}.
   */
  void flushIfDue() {
    if (!flushing && isDue()) {
      flushing = true;
      around.flush(log.beginFlush());
    }
  }

  private boolean isDue() {
    return (log.config().flushOnCommit() && log.unflushedRecords() > 0)
        || log.isFlushDue(around.nowMillis());
  }

  /** Waits for the disk, on whatever thread; the outcome is for {@link #ended}. */
  static Replica.FlushEnded forced(FlushTicket ticket) {
    try {
      ticket.force();
      return new Replica.FlushEnded(ticket, Optional.empty());
    } catch (StorageFailure failure) {
      return new Replica.FlushEnded(ticket, Optional.of(failure));
    }
  }

  /**
   * @throws StorageFailure if the disk refused; what was written since the last flush is in doubt
   */
  void ended(Replica.FlushEnded end) {
    flushing = false;
    if (end.failure().isPresent()) {
      throw end.failure().get();
    }
    log.completeFlush(end.ticket(), around.nowMillis());
  }

  boolean isFlushing() {
    return flushing;
  }
}
