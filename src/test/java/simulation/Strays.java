package simulation;

import actors.controller.ClusterMetadata;
import actors.partition.SimReplica;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import storage.log.LogDirectory;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/**
 * Logs of partitions of which a broker is no replica any more: they go, as the broker's actor does
 * it.
 */
final class Strays {
  private Strays() {}

  static void remove(
      SimBroker broker,
      ClusterMetadata image,
      LogDirectory directory,
      Map<Integer, SimReplica> replicas) {
    // Of what went while the broker was away only the files tell.
    List<PartitionName> names =
        replicas.isEmpty() ? directory.partitions() : running(replicas.values());
    for (PartitionName name : names) {
      boolean belongsHere =
          image
              .partition(name.topic(), name.partition())
              .filter(partition -> partition.replicas().contains(broker.id()))
              .isPresent();
      if (!belongsHere) {
        remove(broker, name, directory, replicas);
      }
    }
  }

  private static List<PartitionName> running(Collection<SimReplica> replicas) {
    return replicas.stream()
        .map(replica -> new PartitionName(replica.id().topic(), replica.id().partition()))
        .toList();
  }

  private static void remove(
      SimBroker broker,
      PartitionName name,
      LogDirectory directory,
      Map<Integer, SimReplica> replicas) {
    SimReplica running = replicas.remove(name.partition());
    if (running != null) {
      running.stop();
    }
    try {
      directory.deletePartition(name, broker.time().nowMillis());
    } catch (StorageFailure failure) {
      // It is tried again with the next image.
    }
    broker.ghost(name.partition()).clear();
  }
}
