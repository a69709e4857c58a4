/**
 * Groups of the classic protocol: members join, one of them is told who they are and computes the
 * assignment, and each fetches its part by a sync. {@link actors.group.classic.ClassicGroup} is the
 * value; a transition works on a {@code Draft} of it, one class for each concern: joining, the
 * rebalance itself, syncing, leaving, signs of life. {@link actors.group.classic.ClassicRecord} is
 * what the log holds of it.
 *
 * <p>May import: {@code actors.group}, {@link actors.InvariantViolation}; Kafka's message classes
 * as values.
 *
 * <p>Kept always: a request is answered once; an assignment is answered only by a step that comes
 * with its record or after it; what the log holds is a generation that was complete, or an empty
 * group.
 */
package actors.group.classic;
