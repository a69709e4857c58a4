package streams;

import actors.partition.OffsetQuery;
import actors.partition.OffsetQuery.ByTimestamp;
import actors.partition.OffsetQuery.Earliest;
import actors.partition.OffsetQuery.Latest;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Where reading of a partition stands: first the questions that lead to its start, then the offset
 * to read next. Pure.
 */
final class PartitionProgress {
  private static final OffsetQuery EARLIEST = new Earliest();
  private static final OffsetQuery LATEST = new Latest(false);
  private static final long NOT_FOUND = -1;

  private final ConsumerTuning tuning;
  private final Deque<OffsetQuery> questions = new ArrayDeque<>(2);
  private long position = NOT_FOUND;

  PartitionProgress(StartPoint start, ConsumerTuning tuning) {
    this.tuning = tuning;
    if (start instanceof StartPoint.AtOffset at) {
      position = at.offset();
    } else if (start instanceof StartPoint.AtTime at) {
      // The end is asked for first: what comes after it is not missed if nothing of this time is
      // there yet.
      questions.add(LATEST);
      questions.add(new ByTimestamp(at.timestampMillis()));
    } else {
      startAt(start instanceof StartPoint.At at ? at.position() : tuning.startPosition());
    }
  }

  private void startAt(StartPosition start) {
    questions.add(start == StartPosition.EARLIEST ? EARLIEST : LATEST);
  }

  /** Whether the offset to read next is known. */
  boolean isLocated() {
    return questions.isEmpty();
  }

  /** What to ask while it is not. */
  OffsetQuery question() {
    return questions.getFirst();
  }

  /** The answer to {@link #question}; -1 if there is no such offset. */
  void found(long offset) {
    questions.removeFirst();
    if (offset != NOT_FOUND) {
      position = offset;
    }
  }

  /** The offset to read next. */
  long position() {
    return position;
  }

  /** Everything below this offset is read. */
  void readUpTo(long endOffset) {
    position = endOffset;
  }

  /** The log does not have the position; false if that is the end of it. */
  boolean resets() {
    switch (tuning.offsetReset()) {
      case EARLIEST -> startAt(StartPosition.EARLIEST);
      case LATEST -> startAt(StartPosition.LATEST);
      case FAIL -> {
        return false;
      }
    }
    return true;
  }
}
