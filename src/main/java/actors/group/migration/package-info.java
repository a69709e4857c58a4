/**
 * A group that has members and changes its protocol, as in KIP-848's online migration: the first
 * member of the consumer protocol turns a classic group into one of its own, with the classic
 * members in it, and the last such member to go leaves them a classic group again. Each change is
 * one batch of records: those that remove the one group and those that write the other. Offsets are
 * not touched.
 *
 * <p>May import: {@code actors}, {@code actors.group}, {@code actors.group.classic}, {@code
 * actors.group.consumer}; Kafka's message classes as values.
 *
 * <p>Kept always: at any offset of the log one of the two groups has records and the other has
 * none; what a member may believe to have goes with it, and to nobody else.
 */
package actors.group.migration;
