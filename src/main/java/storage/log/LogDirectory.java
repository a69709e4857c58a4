package storage.log;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * One data directory of a broker: whose it is, which partitions are in it, and the checkpoints that
 * they share. At most one process uses it at a time.
 *
 * <p>Safe for use by several threads; each {@link PartitionLog} that it opens has an owner of its
 * own.
 */
public final class LogDirectory implements AutoCloseable {
  private static final String LOCK = ".lock";
  private static final String DELETE_SUFFIX = "-delete";
  private static final int NAME_LENGTH_MAX = 255;
  private static final int DELETED_NAME_OVERHEAD = 40;

  private final FileSystem fileSystem;
  private final Path root;
  private final FileSystem.Lock lock;
  private DirectoryIdentity identity;
  private final StopMarkers markers;
  private final PreviousStop previousStop;
  private final OffsetCheckpoint recoveryPointFile;
  private final OffsetCheckpoint logStartFile;
  private final OffsetCheckpoint highWatermarkFile;
  private final OffsetCheckpoint cleanedFile;
  private final Map<PartitionName, Long> recoveryPoints;
  private final Map<PartitionName, Long> logStartOffsets;
  private final Map<PartitionName, Long> highWatermarks;
  private final Map<PartitionName, Long> cleanedOffsets;
  private final Map<PartitionName, PartitionLog> open = new TreeMap<>();
  private final Set<PartitionName> unopened;
  private volatile SpaceGuard space;
  private int deletions;
  private boolean compactsAny;
  private boolean closed;

  /** A log that failed was closed before the directory is. */
  private boolean hadFailedLog;

  private LogDirectory(
      FileSystem fileSystem, Path root, FileSystem.Lock lock, DirectoryIdentity identity) {
    this.fileSystem = fileSystem;
    this.root = root;
    this.lock = lock;
    this.identity = identity;
    this.markers = new StopMarkers(fileSystem, root);
    this.previousStop = markers.previousStop();
    this.recoveryPointFile = checkpoint("recovery-point-offset-checkpoint");
    this.logStartFile = checkpoint("log-start-offset-checkpoint");
    this.highWatermarkFile = checkpoint("replication-offset-checkpoint");
    this.cleanedFile = checkpoint("cleaner-offset-checkpoint");
    this.recoveryPoints = recoveryPointFile.read();
    this.logStartOffsets = logStartFile.read();
    this.highWatermarks = highWatermarkFile.read();
    this.cleanedOffsets = cleanedFile.read();
    this.compactsAny = !cleanedOffsets.isEmpty();
    this.unopened = new TreeSet<>(partitions());
    // A crash in the middle of a deletion leaves notes of a log that is gone; the topic that has
    // its name next begins at zero.
    List.of(recoveryPoints, logStartOffsets, highWatermarks, cleanedOffsets)
        .forEach(noted -> noted.keySet().retainAll(unopened));
    this.space = guard(0, "", SpaceWatcher.SILENT);
    markers.markRunning(isRecovering());
  }

  private OffsetCheckpoint checkpoint(String name) {
    return new OffsetCheckpoint(fileSystem, root.resolve(name));
  }

  /**
   * Opens a data directory, creating it if it is absent.
   *
   * @param newDirectoryId names the directory when it is used for the first time
   * @throws DirectoryRefused if it is another's, or in use
   */
  public static LogDirectory open(
      FileSystem fileSystem,
      Path root,
      DirectoryIdentity.Owner owner,
      Supplier<String> newDirectoryId) {
    fileSystem.createDirectories(root);
    FileSystem.Lock lock =
        fileSystem
            .tryLock(root.resolve(LOCK))
            .orElseThrow(
                () ->
                    new DirectoryRefused(
                        DirectoryRefused.Reason.LOCKED,
                        root,
                        "The data directory "
                            + root
                            + " is in use by another process. Stop it,"
                            + " or give this broker a directory of its own."));
    try {
      DirectoryIdentity identity = DirectoryIdentity.claim(fileSystem, root, owner, newDirectoryId);
      return new LogDirectory(fileSystem, root, lock, identity);
    } catch (RuntimeException refused) {
      lock.close();
      throw refused;
    }
  }

  public Path root() {
    return root;
  }

  public synchronized DirectoryIdentity identity() {
    return identity;
  }

  /**
   * To be called when the broker has learned the id of its cluster.
   *
   * @throws DirectoryRefused if the directory belongs to another cluster
   */
  public synchronized void joined(String clusterId) {
    identity = identity.joined(fileSystem, root, clusterId);
  }

  /** How the process that used the directory before ended. */
  public PreviousStop previousStop() {
    return previousStop;
  }

  /**
   * From now on appends are refused that would leave less than this free on the volume; nothing has
   * to stay free before this is called.
   *
   * @param bytesFreeMin negative: the smaller of 64 MiB and 2 % of the volume; 0: nothing
   * @param setting its name, for the refusals
   */
  public void keepFree(long bytesFreeMin, String setting, SpaceWatcher watcher) {
    space =
        guard(FreeSpace.bytesFreeMin(bytesFreeMin, fileSystem.totalBytes(root)), setting, watcher);
  }

  private SpaceGuard guard(long bytesFreeMin, String setting, SpaceWatcher watcher) {
    return new SpaceGuard(this::usableBytes, root, bytesFreeMin, setting, watcher);
  }

  public long usableBytes() {
    return fileSystem.usableBytes(root);
  }

  /** Size of the disk that the directory is on, in bytes. */
  public long totalBytes() {
    return fileSystem.totalBytes(root);
  }

  /** The partitions of which there is a directory, opened or not. */
  public synchronized List<PartitionName> partitions() {
    List<PartitionName> names = new ArrayList<>();
    for (FileSystem.Entry entry : fileSystem.list(root)) {
      if (entry.isDirectory() && !entry.name().endsWith(DELETE_SUFFIX)) {
        PartitionName.fromDirectory(entry.name()).ifPresent(names::add);
      }
    }
    return names;
  }

  /** The id of the topic whose partition a directory holds; empty if it does not say. */
  public Optional<String> topicId(PartitionName partition) {
    return fileSystem
        .readSmall(directoryOf(partition).resolve(LogFiles.PARTITION_METADATA))
        .map(bytes -> PropertiesText.parse(bytes, ':').get("topic_id"));
  }

  /** Opens a partition without telling anyone how far its recovery has come. */
  public PartitionLog openPartition(
      String topic, int partition, String topicId, LogConfig config, long nowMillis) {
    return openPartition(
        new PartitionName(topic, partition), topicId, config, RecoveryProgress.SILENT, nowMillis);
  }

  /**
   * Opens a partition's log, creating it if it is absent. Several partitions may be opened at the
   * same time by different threads.
   *
   * @throws DirectoryRefused if the files there are those of another topic id
   */
  public PartitionLog openPartition(
      PartitionName partition,
      String topicId,
      LogConfig config,
      RecoveryProgress progress,
      long nowMillis) {
    claimPartition(partition, topicId);
    PartitionLog log =
        PartitionLog.open(
            request(partition, config, progress, nowMillis),
            this::writeRecoveryPoints,
            offset -> writeLogStart(partition, offset),
            (bytes, millis) -> space.admit(bytes, millis));
    try {
      opened(partition, log);
    } catch (StorageFailure notNoted) {
      log.abandon();
      throw notNoted;
    }
    return log;
  }

  /** A directory that is new becomes durable with the first flush of its log. */
  private void claimPartition(PartitionName partition, String topicId) {
    synchronized (this) {
      InvariantViolation.check(!open.containsKey(partition), "%s is open already", partition);
    }
    Path directory = directoryOf(partition);
    fileSystem.createDirectories(directory);
    Optional<String> found = topicId(partition);
    if (found.isEmpty()) {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("version", "0");
      values.put("topic_id", topicId);
      fileSystem.writeSmallAtomically(
          directory.resolve(LogFiles.PARTITION_METADATA), PropertiesText.format(values, ": "));
    } else if (!found.get().equals(topicId)) {
      throw refusal(directory, found.get(), topicId);
    }
  }

  /**
   * Tells files of another topic from a damaged file: who deletes the former must keep the latter.
   */
  private static DirectoryRefused refusal(Path directory, String found, String topicId) {
    boolean isId = found.length() == topicId.length() && found.matches("[A-Za-z0-9_-]+");
    return isId
        ? new DirectoryRefused(
            DirectoryRefused.Reason.OTHER_TOPIC,
            directory,
            "The directory "
                + directory
                + " holds the topic with id "
                + found
                + ", not the one with id "
                + topicId
                + ".")
        : new DirectoryRefused(
            DirectoryRefused.Reason.UNREADABLE,
            directory,
            "The file "
                + directory.resolve(LogFiles.PARTITION_METADATA)
                + " is damaged. If the"
                + " directory holds the topic with id "
                + topicId
                + ", delete the file.");
  }

  private synchronized LogOpening.Request request(
      PartitionName partition, LogConfig config, RecoveryProgress progress, long nowMillis) {
    PreviousStop stop = unopened.contains(partition) ? previousStop : PreviousStop.PROCESS_CRASH;
    return new LogOpening.Request(
        fileSystem,
        directoryOf(partition),
        partition,
        config,
        stop,
        recoveryPoints.getOrDefault(partition, 0L),
        logStartOffsets.getOrDefault(partition, 0L),
        cleanedOffsets.getOrDefault(partition, 0L),
        progress,
        nowMillis);
  }

  /** A log that was found to end sooner than its checkpoints say must not reach them unseen. */
  private synchronized void opened(PartitionName partition, PartitionLog log) {
    if (recoveryPoints.getOrDefault(partition, 0L) > log.recoveryPoint()
        || cleanedOffsets.getOrDefault(partition, 0L) > log.cleanedOffset()) {
      noteOffsets(log);
      writeRecoveryPoints();
    }
    settled(partition);
    open.put(partition, log);
  }

  /** A partition's files no longer need what the previous stop made necessary. */
  private void settled(PartitionName partition) {
    boolean wasRecovering = isRecovering();
    unopened.remove(partition);
    if (wasRecovering && !isRecovering()) {
      markers.markRunning(false);
    }
  }

  private boolean isRecovering() {
    return previousStop == PreviousStop.MACHINE_CRASH && !unopened.isEmpty();
  }

  /** Closes a partition's log and remembers its offsets; for the log's owner. */
  public void closePartition(PartitionLog log) {
    synchronized (this) {
      hadFailedLog |= log.hasFailed();
    }
    log.close();
    synchronized (this) {
      noteOffsets(log);
      open.remove(log.partition(), log);
    }
  }

  private void noteOffsets(PartitionLog log) {
    recoveryPoints.put(log.partition(), log.recoveryPoint());
    logStartOffsets.put(log.partition(), log.logStartOffset());
    if (log.cleanedOffset() > 0 || cleanedOffsets.containsKey(log.partition())) {
      cleanedOffsets.put(log.partition(), log.cleanedOffset());
      compactsAny = true;
    }
  }

  /** The high watermark as checkpointed, or as noted since; 0 if none was. */
  public synchronized long highWatermark(PartitionName partition) {
    return highWatermarks.getOrDefault(partition, 0L);
  }

  /** Notes a high watermark for the next {@link #writeCheckpoints}. */
  public synchronized void highWatermark(PartitionName partition, long offset) {
    highWatermarks.put(partition, offset);
  }

  /** Writes the checkpoint files; to be called now and then. */
  public synchronized void writeCheckpoints() {
    open.values().forEach(this::noteOffsets);
    recoveryPointFile.write(recoveryPoints);
    logStartFile.write(logStartOffsets);
    highWatermarkFile.write(highWatermarks);
    writeCleanedOffsets();
  }

  /** A log is never clean past its recovery point, which is why that goes first. */
  private synchronized void writeRecoveryPoints() {
    open.values().forEach(this::noteOffsets);
    recoveryPointFile.write(recoveryPoints);
    writeCleanedOffsets();
  }

  private synchronized void writeLogStart(PartitionName partition, long offset) {
    logStartOffsets.put(partition, offset);
    logStartFile.write(logStartOffsets);
  }

  /** Not where no log was ever compacted. */
  private void writeCleanedOffsets() {
    if (compactsAny) {
      cleanedFile.write(cleanedOffsets);
    }
  }

  /**
   * Gives up a partition: its directory is renamed at once, and removed by {@link #deleteMarked}.
   * Its log is closed if it is open; its owner must have let go of it.
   */
  public synchronized void deletePartition(PartitionName partition, long nowMillis) {
    PartitionLog log = open.remove(partition);
    if (log != null) {
      log.abandon();
    }
    Path directory = directoryOf(partition);
    if (fileSystem.exists(directory)) {
      fileSystem.rename(directory, root.resolve(deletedName(partition, nowMillis)));
      fileSystem.syncDirectory(root);
    }
    recoveryPoints.remove(partition);
    logStartOffsets.remove(partition);
    highWatermarks.remove(partition);
    cleanedOffsets.remove(partition);
    settled(partition);
    writeCheckpoints();
  }

  private String deletedName(PartitionName partition, long nowMillis) {
    String name = partition.directoryName();
    String kept =
        name.substring(0, Math.min(name.length(), NAME_LENGTH_MAX - DELETED_NAME_OVERHEAD));
    String deleted;
    do {
      deleted = String.format("%s.%016x%016x%s", kept, nowMillis, deletions++, DELETE_SUFFIX);
    } while (fileSystem.exists(root.resolve(deleted)));
    return deleted;
  }

  /** Removes the files of given-up partitions; may take long. Returns how many partitions. */
  public int deleteMarked() {
    int count = 0;
    for (FileSystem.Entry entry : fileSystem.list(root)) {
      if (entry.isDirectory() && entry.name().endsWith(DELETE_SUFFIX)) {
        Path directory = root.resolve(entry.name());
        fileSystem
            .list(directory)
            .forEach(file -> fileSystem.delete(directory.resolve(file.name())));
        fileSystem.delete(directory);
        count++;
      }
    }
    return count;
  }

  private Path directoryOf(PartitionName partition) {
    return root.resolve(partition.directoryName());
  }

  /**
   * Closes all logs, makes them durable and marks the stop as clean, unless a log failed or was
   * never opened after a crash. The owners of the logs must have let go of them.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      List<PartitionLog> logs = new ArrayList<>(open.values());
      boolean isSound = !hadFailedLog && logs.stream().noneMatch(PartitionLog::hasFailed);
      logs.forEach(PartitionLog::close);
      writeCheckpoints();
      boolean isComplete = previousStop == PreviousStop.CLEAN || unopened.isEmpty();
      if (!isSound) {
        markers.markSuspect();
      } else if (isComplete) {
        markers.markClean();
      }
    } finally {
      lock.close();
    }
  }

  /** Closes all files after a failure of the disk, and asks for a full recovery if it can. */
  public synchronized void abandon() {
    if (closed) {
      return;
    }
    closed = true;
    open.values().forEach(PartitionLog::abandon);
    try {
      markers.markSuspect();
    } catch (StorageFailure diskIsGone) {
      // Nothing can be written any more; whoever repairs the disk restarts the machine.
    } finally {
      lock.close();
    }
  }
}
