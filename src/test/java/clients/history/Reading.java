package clients.history;

import java.util.List;

/**
 * What one consumer was given of one partition between two seeks, in the order of its polls.
 *
 * @param startOffset where it began; inclusive
 * @param complete it began after the last send had ended, and went on to the end of the log
 */
public record Reading(
    String reader, int partition, long startOffset, boolean complete, List<Read> reads) {
  public Reading {
    reads = List.copyOf(reads);
  }

  /** Whether a record at this offset should be among what was read. */
  boolean covers(long offset) {
    return offset >= startOffset
        && (complete || (!reads.isEmpty() && offset <= reads.get(reads.size() - 1).offset()));
  }

  /** One record as a poll returned it. */
  public record Read(long offset, long value) {}
}
