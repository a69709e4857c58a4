package storage.log;

/**
 * Where the batches that were appended last lie, so that readers at the tail cost no read of an
 * index or a header. A ring; it holds batches of one segment, without a hole between them.
 */
final class TailCache {
  private final long[] baseOffsets = new long[Limits.TAIL_BATCHES];
  private final long[] lastOffsets = new long[Limits.TAIL_BATCHES];
  private final int[] positions = new int[Limits.TAIL_BATCHES];
  private long segmentBase = -1;
  private int endPosition;
  private int next;
  private int count;

  void clear() {
    count = 0;
  }

  void add(long segment, long baseOffset, long lastOffset, int position, int size) {
    if (segment != segmentBase || position != endPosition) {
      count = 0;
      segmentBase = segment;
    }
    baseOffsets[next] = baseOffset;
    lastOffsets[next] = lastOffset;
    positions[next] = position;
    endPosition = position + size;
    next = (next + 1) % Limits.TAIL_BATCHES;
    count = Math.min(count + 1, Limits.TAIL_BATCHES);
  }

  /**
   * The place of the first batch of a segment whose last offset is at or after an offset, or -1 if
   * the cache cannot tell.
   */
  int find(long segment, long offset) {
    if (count == 0 || segment != segmentBase || offset < baseOffsets[slot(0)]) {
      return -1;
    }
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (lastOffsets[slot(middle)] >= offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low == count ? -1 : low;
  }

  private int slot(int place) {
    return Math.floorMod(next - count + place, Limits.TAIL_BATCHES);
  }

  long baseOffset(int place) {
    return baseOffsets[slot(place)];
  }

  int position(int place) {
    return positions[slot(place)];
  }

  int size(int place) {
    int end = place == count - 1 ? endPosition : positions[slot(place + 1)];
    return end - positions[slot(place)];
  }
}
