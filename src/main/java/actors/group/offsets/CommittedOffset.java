package actors.group.offsets;

import java.util.OptionalLong;

/**
 * Where a group goes on reading a partition.
 *
 * @param offset of the next record to be read
 * @param leaderEpoch of the record before it, or -1
 * @param metadata whatever the committer wanted to be kept with it
 * @param commitMillis wall clock of the coordinator
 * @param expireMillis wall clock after which it is forgotten, where an old client has said so
 */
public record CommittedOffset(
    long offset, int leaderEpoch, String metadata, long commitMillis, OptionalLong expireMillis) {
  /** What is answered where nothing is committed. */
  public static final long NONE = -1;
}
