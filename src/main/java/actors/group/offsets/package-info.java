/**
 * The offsets of a group: what is committed, how it is written in {@code __consumer_offsets}, and
 * when it is forgotten. Decisions only; {@link actors.group} carries them out.
 */
package actors.group.offsets;
