package storage.log;

/** What became of batches that a leader sent. */
public sealed interface FollowerAppend {

  /** They are in the log. */
  record Appended(long endOffset) implements FollowerAppend {}

  /** They do not begin where the log ends; nothing was appended. */
  record NotNext(long logEndOffset, long receivedFrom) implements FollowerAppend {}

  /** They are damaged, or no leader can have written them so; nothing was appended. */
  record Damaged(String what) implements FollowerAppend {}
}
