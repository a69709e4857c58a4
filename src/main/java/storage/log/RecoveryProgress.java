package storage.log;

/** Is told how far the recovery of a log has come. */
@FunctionalInterface
public interface RecoveryProgress {
  /** Tells nobody. */
  RecoveryProgress SILENT = (partition, done, total) -> {};

  /** One more segment was scanned, of those that have to be. */
  void segmentRecovered(PartitionName partition, int done, int total);
}
