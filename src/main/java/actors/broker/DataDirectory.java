package actors.broker;

import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.LogDirectory;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/** The chores of the broker's data directory that belong to no single replica. */
final class DataDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

  private final LogDirectory directory;
  private final Executor blocking;

  /**
   * @param blocking where files are written and removed
   */
  DataDirectory(LogDirectory directory, Executor blocking) {
    this.directory = directory;
    this.blocking = blocking;
  }

  /**
   * Gives up partitions that the image no longer places here. The image comes from the journal of
   * the cluster that the directory belongs to, which forgets nothing.
   */
  void removeStrays(ClusterMetadata image, int brokerId) {
    for (PartitionName partition : directory.partitions()) {
      if (isStray(image, brokerId, partition)) {
        LOG.warn("removing {}: its topic was deleted while this broker was away", partition);
        directory.deletePartition(partition, System.currentTimeMillis());
      }
    }
  }

  private boolean isStray(ClusterMetadata image, int brokerId, PartitionName partition) {
    Optional<TopicImage> topic =
        directory.topicId(partition).map(Uuid::fromString).flatMap(image::topic);
    return directory.topicId(partition).isPresent()
        && topic
            .filter(found -> partition.partition() < found.partitions().size())
            .filter(
                found ->
                    found.partitions().get(partition.partition()).replicas().contains(brokerId))
            .isEmpty();
  }

  /** Writes the checkpoints and removes the files of what was given up. */
  void checkpoint() {
    blocking.execute(
        () -> {
          try {
            directory.writeCheckpoints();
            directory.deleteMarked();
          } catch (StorageFailure failure) {
            LOG.error("the checkpoints could not be written; the next try is in a minute", failure);
          }
        });
  }
}
