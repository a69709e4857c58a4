package storage.log;

import java.util.Arrays;

/** Which bytes of a file were seen to be intact since it was opened; a bounded set of ranges. */
final class VerifiedRanges {
  private final long[] starts = new long[Limits.VERIFIED_RANGES_MAX + 1];
  private final long[] ends = new long[Limits.VERIFIED_RANGES_MAX + 1];
  private int count;

  /** True if all bytes from start, inclusive, to end, exclusive, were added. */
  boolean covers(long start, long end) {
    for (int i = 0; i < count; i++) {
      if (starts[i] <= start && end <= ends[i]) {
        return true;
      }
    }
    return start >= end;
  }

  void add(long start, long end) {
    if (start >= end) {
      return;
    }
    long mergedStart = start;
    long mergedEnd = end;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (starts[i] <= mergedEnd && mergedStart <= ends[i]) {
        mergedStart = Math.min(mergedStart, starts[i]);
        mergedEnd = Math.max(mergedEnd, ends[i]);
      } else {
        starts[kept] = starts[i];
        ends[kept++] = ends[i];
      }
    }
    starts[kept] = mergedStart;
    ends[kept] = mergedEnd;
    count = kept + 1;
    if (count > Limits.VERIFIED_RANGES_MAX) {
      forgetSmallest();
    }
  }

  private void forgetSmallest() {
    int smallest = 0;
    for (int i = 1; i < count; i++) {
      if (ends[i] - starts[i] < ends[smallest] - starts[smallest]) {
        smallest = i;
      }
    }
    count--;
    starts[smallest] = starts[count];
    ends[smallest] = ends[count];
  }

  /** Forgets everything from a position on. */
  void truncate(long end) {
    for (int i = count - 1; i >= 0; i--) {
      ends[i] = Math.min(ends[i], end);
      if (starts[i] >= ends[i]) {
        count--;
        starts[i] = starts[count];
        ends[i] = ends[count];
      }
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(Arrays.copyOf(starts, count))
        + Arrays.toString(Arrays.copyOf(ends, count));
  }
}
