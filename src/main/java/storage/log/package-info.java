/**
 * The log of one partition on one disk: segments, indexes, leader epochs, producer states,
 * recovery, truncation, retention, checkpoints; and the data directory that holds many of them.
 *
 * <p>The files have the layout, names and formats that Kafka gives them, so that its dump tool
 * reads them: {@code <topic>-<partition>/} with {@code %020d.log}, {@code .index}, {@code
 * .timeindex}, {@code .snapshot}, {@code leader-epoch-checkpoint} and {@code partition.metadata};
 * beside them {@code meta.properties} and the four offset checkpoints.
 *
 * <p>May import {@link storage.record} and the JDK. Reaches disks only through {@link
 * storage.log.FileSystem} and {@link storage.log.DiskFile}; has no clock, no randomness and no
 * threads of its own.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>offsets rise along a log, and so do leader epochs;
 *   <li>a batch is visible to a read only when it is whole in the file;
 *   <li>what is below the recovery point has been fsynced;
 *   <li>an index is a hint: an entry is used only if the log agrees with it, else it is rebuilt;
 *   <li>compaction takes out nothing that is the last of its key, and changes no batch's ends;
 *   <li>an append either happens, or leaves the log as it was or refusing every further append.
 * </ul>
 *
 * <p>Failures: an unusable disk is a {@link storage.log.StorageFailure}; a broken rule of our own
 * is an {@link storage.log.InvariantViolation}; everything else is a value.
 */
package storage.log;
