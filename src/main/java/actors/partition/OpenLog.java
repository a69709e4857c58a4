package actors.partition;

import storage.log.PartitionLog;

/** A log that is open, what flushes it, and what compacts it. */
record OpenLog(PartitionLog log, Flusher flusher, Cleaner cleaner) {
  /** A thread other than the replica's is at work on its files. */
  boolean isHeld() {
    return flusher.isFlushing() || cleaner.isCleaning();
  }
}
