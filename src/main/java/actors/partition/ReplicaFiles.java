package actors.partition;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.LogConfig;
import storage.log.PartitionLog;
import storage.log.PartitionName;
import storage.log.StorageFailure;

/** A replica's files: opened when it is first told what to do, and closed or removed at its end. */
final class ReplicaFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaFiles.class);

  private final ReplicaHome home;
  private final Surroundings around;
  private Optional<PartitionName> partition = Optional.empty();
  private Optional<OpenLog> open = Optional.empty();

  ReplicaFiles(ReplicaHome home, Surroundings around) {
    this.home = home;
    this.around = around;
  }

  /**
   * The log with these settings, opened if it is not open yet.
   *
   * @throws StorageFailure if the disk refuses
   * @throws storage.log.DirectoryRefused if the files there are those of another topic
   */
  OpenLog open(PartitionId id, LogConfig config) {
    partition = Optional.of(new PartitionName(id.topic(), id.partition()));
    if (open.isEmpty()) {
      PartitionLog log =
          home.directory()
              .openPartition(
                  id.topic(), id.partition(), id.topicId().toString(), config, around.nowMillis());
      Flusher flusher = new Flusher(log, around);
      open = Optional.of(new OpenLog(log, flusher, new Cleaner(log, flusher, around)));
    }
    open.get().log().reconfigure(config);
    return open.get();
  }

  Optional<OpenLog> ifOpen() {
    return open;
  }

  /** As it was noted last; a lower bound. */
  long highWatermark() {
    return home.directory().highWatermark(partition.orElseThrow());
  }

  /** Where the next role begins, and the next life if a checkpoint follows. */
  void noteHighWatermark(long offset) {
    home.directory().highWatermark(partition.orElseThrow(), offset);
  }

  /** A flush or a cleaning is going on, and holds the files. */
  boolean areHeld() {
    return open.isPresent() && open.get().isHeld();
  }

  void close() {
    try {
      open.ifPresent(opened -> home.directory().closePartition(opened.log()));
    } catch (StorageFailure failure) {
      LOG.error("the replica could not be closed cleanly: {}", failure.getMessage(), failure);
    }
    open = Optional.empty();
  }

  void delete() {
    try {
      // Not only of an open log: the files of one that could not be opened must go as well.
      partition.ifPresent(name -> home.directory().deletePartition(name, around.nowMillis()));
    } catch (StorageFailure failure) {
      LOG.error("the replica's files could not be removed: {}", failure.getMessage(), failure);
    }
    open = Optional.empty();
  }
}
