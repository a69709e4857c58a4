/**
 * The replicated metadata journal: a Pekko Persistence journal and snapshot store on an embedded
 * Raft group (Apache Ratis), synced to disk.
 *
 * <p>Owns the files under {@code granary.journal.directory} and all that is said between voters.
 * Three layers, each of which knows the one below only:
 *
 * <ul>
 *   <li>plugins ({@link storage.journal.RaftJournal}, {@link storage.journal.RaftSnapshotStore}):
 *       actors' events and snapshots as bytes;
 *   <li>the server ({@link storage.journal.JournalServer}): commands and reads through Raft, behind
 *       a port to the other voters ({@link storage.journal.RaftTransport});
 *   <li>the image ({@link storage.journal.JournalImage}): what the commands add up to; no clock, no
 *       thread, no file.
 * </ul>
 *
 * <p>Imports Pekko and Ratis, and nothing of Granary. Invariants:
 *
 * <ul>
 *   <li>What was acknowledged is on the disks of a majority of voters, and is never forgotten: a
 *       voter whose files are damaged does not start.
 *   <li>The events of a persistence id are numbered without gaps, and each was appended by a writer
 *       that was the only one able to append at that moment.
 *   <li>A writer that was refused or superseded is never let in again; its write fails and its
 *       actor stops.
 *   <li>A read sees everything that was acknowledged before it began.
 * </ul>
 *
 * <p>Decisions: docs/decisions/0002-journal-on-raft.md.
 */
package storage.journal;
