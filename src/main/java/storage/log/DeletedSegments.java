package storage.log;

import java.util.ArrayDeque;

/** Segments that a log gave up, whose files wait for readers in flight. */
final class DeletedSegments implements AutoCloseable {
  private final ArrayDeque<Due> waiting = new ArrayDeque<>();

  private record Due(Segment segment, long dueMillis) {}

  /** Renames the segment's files at once, so that a restart does not find it. */
  void add(Segment segment, long dueMillis) {
    segment.markDeleted();
    waiting.add(new Due(segment, dueMillis));
  }

  /** Deletes those that are due, oldest first; returns how many. */
  int reap(long nowMillis) {
    int count = 0;
    while (!waiting.isEmpty() && waiting.peek().dueMillis <= nowMillis) {
      waiting.poll().segment.delete();
      count++;
    }
    return count;
  }

  /** Closes the files; the next process deletes them. */
  @Override
  public void close() {
    waiting.forEach(due -> due.segment.close());
  }
}
