/**
 * Consumer groups. The leader of a partition of {@code __consumer_offsets} hosts the coordinator of
 * the groups that fall on it; a group is a supervisor actor with a child for each member, and what
 * it decides is a pure value beside it: {@link actors.group.Group}, in one shape for the classic
 * protocol ({@link actors.group.classic}) and one for KIP-848 ({@link actors.group.consumer});
 * {@link actors.group.migration} turns the one into the other.
 *
 * <p>May import: the messages of {@code actors.partition}, the controller's images, {@code
 * actors.config}, {@code storage.log} and {@code storage.record}; Kafka's message classes as
 * values.
 *
 * <p>Kept always: what a group has answered is in the log, committed by all in-sync replicas under
 * the leader epoch in which its coordinator loaded it; so a coordinator whose reign is over cannot
 * answer anything any more, and the next one finds all that was answered.
 */
package actors.group;
