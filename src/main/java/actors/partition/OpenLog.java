package actors.partition;

import storage.log.PartitionLog;

/** A log that is open, and what flushes it. */
record OpenLog(PartitionLog log, Flusher flusher) {}
