/**
 * The sharded replica: one actor for each replica of each partition, which alone touches its log.
 *
 * <p>Pure beside it: {@link actors.partition.Leader} (epochs, high watermark), {@link
 * actors.partition.PendingAcks}, {@link actors.partition.WaitingReaders}, {@link
 * actors.partition.Gathered}. Imports {@code storage.log} and {@code storage.record}, the
 * controller's images and {@code actors.config}; nothing of the edge.
 *
 * <p>Kept always: nothing is acknowledged with acks=all or served to a reader past the high
 * watermark; the high watermark never moves back within an epoch and never passes the log end.
 */
package actors.partition;
