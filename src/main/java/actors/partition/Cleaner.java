package actors.partition;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.Cleaning;
import storage.log.PartitionLog;
import storage.log.StorageFailure;

/**
 * Has a replica's log compacted: one cleaning at a time, its steps off the replica's thread, what
 * they have written taken in on it. Outlives the reigns, since the log must not be closed under it.
 */
final class Cleaner {
  private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

  private final PartitionLog log;
  private final Flusher flusher;
  private final Surroundings around;
  private Optional<Cleaning> current = Optional.empty();

  Cleaner(PartitionLog log, Flusher flusher, Surroundings around) {
    this.log = log;
    this.flusher = flusher;
    this.around = around;
  }

  /**
   * Begins a cleaning if one is due, none is going on, and the broker allows one more; its steps
   * end as {@link Replica.CleaningStepped}.
   *
   * @param highWatermark what is past it stays as it is
   * @throws StorageFailure if the disk refuses
   */
  void cleanIfDue(long highWatermark) {
    if (current.isPresent() || log.hasFailed()) {
      return;
    }
    log.rollIfOld(around.nowMillis());
    flusher.flushIfDue(); // only what is durable is cleaned: next time, that is
    if (!around.cleaningBudget().begin()) {
      return;
    }
    try {
      current =
          log.beginCleaning(highWatermark, around.cleaningBudget().mapBytes(), around.nowMillis());
    } catch (StorageFailure failure) {
      if (!failure.isForLackOfSpace()) {
        throw failure;
      }
      LOG.warn("{} is not compacted for now: {}", log.partition(), failure.getMessage());
    } finally {
      if (current.isEmpty()) {
        around.cleaningBudget().end();
      }
    }
    current.ifPresent(around::clean);
  }

  /** Goes a step further, on whatever thread; the outcome is for {@link #stepped}. */
  static Replica.CleaningStepped advanced(Cleaning cleaning, Cleaning.Pace pace) {
    try {
      cleaning.advance(pace);
      return new Replica.CleaningStepped(cleaning, Optional.empty());
    } catch (RuntimeException failure) {
      return new Replica.CleaningStepped(cleaning, Optional.of(failure));
    }
  }

  /**
   * @throws StorageFailure if the disk refused, for another reason than lack of space
   */
  void stepped(Replica.CleaningStepped step) {
    if (current.isEmpty()) {
      return; // it was given up with the log
    }
    boolean goesOn = false;
    try {
      goesOn = taken(step);
    } finally {
      if (!goesOn) {
        giveUp();
      }
    }
    if (goesOn) {
      around.clean(step.cleaning());
    }
  }

  private boolean taken(Replica.CleaningStepped step) {
    if (step.failure().isPresent()) {
      log.abandon(step.cleaning());
      RuntimeException failure = step.failure().get();
      if (!(failure instanceof StorageFailure refused) || !refused.isForLackOfSpace()) {
        throw failure;
      }
      LOG.warn("{} is not compacted for now: {}", log.partition(), failure.getMessage());
      return false;
    }
    boolean goesOn = log.take(step.cleaning(), around.nowMillis());
    step.cleaning().damage().ifPresent(damage -> around.damaged(damage.offset(), damage.what()));
    return goesOn;
  }

  boolean isCleaning() {
    return current.isPresent();
  }

  /** The present step ends soon, and is the last one. */
  void cancel() {
    current.ifPresent(Cleaning::cancel);
  }

  /** Nobody will hear of the present step any more. */
  void giveUp() {
    cancel();
    if (current.isPresent()) {
      current = Optional.empty();
      around.cleaningBudget().end();
    }
  }
}
