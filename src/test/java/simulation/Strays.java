package simulation;

import actors.controller.ClusterMetadata;
import storage.log.LogDirectory;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/** Logs of partitions of which a broker is no replica any more. */
final class Strays {
  private Strays() {}

  /** Those of what went while the broker was away: only the files tell. */
  static void remove(SimBroker broker, ClusterMetadata image, LogDirectory directory) {
    for (PartitionName name : directory.partitions()) {
      boolean belongsHere =
          image
              .partition(name.topic(), name.partition())
              .filter(partition -> partition.replicas().contains(broker.id()))
              .isPresent();
      if (!belongsHere) {
        remove(broker, name, directory);
      }
    }
  }

  static void remove(SimBroker broker, PartitionName name, LogDirectory directory) {
    try {
      directory.deletePartition(name, broker.time().nowMillis());
    } catch (StorageFailure failure) {
      // What is left is found by whoever is told to be a replica of it again, or at the next start.
    }
    broker.ghost(name.partition()).clear();
  }
}
