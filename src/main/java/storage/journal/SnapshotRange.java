package storage.journal;

/** Which snapshots are meant; every bound is inclusive. */
record SnapshotRange(Bounds sequenceNr, Bounds timestampMillis) {

  /** Inclusive at both ends. */
  record Bounds(long min, long max) {
    boolean contains(long value) {
      return min <= value && value <= max;
    }
  }

  boolean contains(StoredSnapshot snapshot) {
    return sequenceNr.contains(snapshot.sequenceNr())
        && timestampMillis.contains(snapshot.timestampMillis());
  }
}
