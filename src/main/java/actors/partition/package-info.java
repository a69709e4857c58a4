/**
 * The sharded replica: one actor for each replica of each partition, which alone touches its log.
 *
 * <p>Pure: {@link actors.partition.Leader} with {@link actors.partition.InSync} and {@link
 * actors.partition.FollowerProgress} (epochs, ISR, high watermark), {@link
 * actors.partition.Divergence} (where two logs part). Plain classes without an actor: {@link
 * actors.partition.ReplicaDuties} on {@link actors.partition.ReplicaPort}, of which {@link
 * actors.partition.Reign} leads and {@link actors.partition.Following} follows;
 * docs/decisions/0006-replication.md says how they talk. Imports {@code storage.log} and {@code
 * storage.record}, the controller's messages and images, and {@code actors.config}; nothing of the
 * edge.
 *
 * <p>Kept always: nothing is acknowledged with acks=all or served to a reader past the high
 * watermark; the high watermark never moves back within an epoch and never passes the log end; a
 * leader never truncates; whatever comes from another broker names its epoch, which is compared
 * first.
 */
package actors.partition;
