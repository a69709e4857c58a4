/**
 * Replicas of other brokers: whoever asks for a leader that is not here gets an actor that speaks
 * the replica's protocol on its behalf ({@link actors.access.FarReplica}); on the leader's broker a
 * door with a well-known name ({@link actors.access.Door}) lets it in and answers through a visit
 * of its own ({@link actors.access.Visit}). See docs/decisions/0009-streams-between-brokers.md.
 *
 * <p>May import: the messages of {@code actors.partition}, the controller's images, {@code
 * actors.config}, {@code storage.log} and {@code storage.record}.
 *
 * <p>Kept always: every message names the leader's epoch, which is compared first; messages of a
 * visit are numbered both ways, and whoever misses one ends it, so that nothing is lost without the
 * asker seeing its leader stop; bytes are read from a file only when they are asked for, and those
 * under way are bounded.
 */
package actors.access;
