package storage.log;

import java.util.Optional;
import storage.record.RecordTimestamps;

/**
 * Finds things in a log: file regions by offset, records by time. Finds what lies at the tail in
 * memory, everything else through the indexes and a few headers.
 */
final class LogReader {
  private final SegmentList segments;
  private final TailCache tail;
  private final boolean verifyColdReads;
  private final BatchScanner scanner;
  private final RecordTimestamps timestamps = new RecordTimestamps();

  private Place limitPlace = new Place(-1, -1, 0, 0);
  private long limitOffset = -1;

  /**
   * A batch in a segment.
   *
   * @param size of the batch, or zero if the place is the segment's end
   */
  private record Place(long segment, long baseOffset, int position, int size) {}

  LogReader(SegmentList segments, TailCache tail, boolean verifyColdReads, BatchScanner scanner) {
    this.segments = segments;
    this.tail = tail;
    this.verifyColdReads = verifyColdReads;
    this.scanner = scanner;
  }

  /** Forgets remembered places after a truncation. */
  void forget() {
    limitOffset = -1;
  }

  /** The read of a log; the offset is within the log's range, and the end not after its end. */
  ReadOutcome read(long offset, int maxBytes, long endOffset, LogRange log, boolean atLeastOne) {
    if (offset >= endOffset) {
      return empty(offset);
    }
    try {
      Place start = find(offset, log);
      if (start.size == 0) {
        return empty(offset);
      }
      Segment segment = segments.covering(start.segment);
      int limit = limitIn(segment, endOffset, log);
      int size = Math.min(maxBytes, limit - start.position);
      if (size < start.size) {
        size = atLeastOne && start.position + start.size <= limit ? start.size : 0;
      }
      return size <= 0 ? empty(offset) : checked(segment, start, size);
    } catch (CorruptLog corrupt) {
      return corrupt.found();
    }
  }

  private FetchRegion empty(long offset) {
    Segment active = segments.active();
    return new FetchRegion(active.log(), active.size(), 0, offset);
  }

  /** The first batch that reaches to an offset or past it, in whichever segment. */
  private Place find(long offset, LogRange log) {
    Segment segment = segments.covering(offset);
    while (true) {
      Place place = findIn(segment, offset, log);
      if (place.size > 0 || segments.isActive(segment)) {
        return place;
      }
      segment = segments.after(segment);
    }
  }

  private Place findIn(Segment segment, long offset, LogRange log) {
    int cached = tail.find(segment.baseOffset(), offset);
    if (cached >= 0) {
      return new Place(
          segment.baseOffset(), tail.baseOffset(cached), tail.position(cached), tail.size(cached));
    }
    boolean pastEnd = segments.isActive(segment) && offset >= log.endOffset();
    if (pastEnd || !segment.seek(offset, scanner)) {
      return new Place(segment.baseOffset(), offset, segment.size(), 0);
    }
    return new Place(
        segment.baseOffset(), scanner.baseOffset(), (int) scanner.position(), scanner.size());
  }

  /** Position in a segment before which all batches are wholly before an offset. */
  private int limitIn(Segment segment, long endOffset, LogRange log) {
    if (!segments.isActive(segment) && endOffset >= segments.after(segment).baseOffset()) {
      return segment.size();
    }
    if (limitOffset != endOffset || limitPlace.segment != segment.baseOffset()) {
      Place place = findIn(segment, endOffset, log);
      if (place.size == 0) {
        return place.position;
      }
      limitPlace = place;
      limitOffset = endOffset;
    }
    return limitPlace.position;
  }

  private ReadOutcome checked(Segment segment, Place start, int size) {
    int position = start.position;
    int end = position + size;
    if (!verifyColdReads || segment.verified().covers(position, end)) {
      return new FetchRegion(segment.log(), position, size, start.baseOffset);
    }
    Optional<Corruption> corruption = firstCorruption(segment.log(), position, size, scanner);
    long sound = scanner.position();
    segment.verified().add(position, sound);
    return sound == position && corruption.isPresent()
        ? corruption.get()
        : new FetchRegion(segment.log(), position, (int) (sound - position), start.baseOffset);
  }

  /**
   * The first batch of a range that is not what was written; leaves the scanner's position behind
   * the last sound batch. A batch that the range cuts off is not looked at.
   */
  static Optional<Corruption> firstCorruption(
      DiskFile file, long position, int size, BatchScanner scanner) {
    scanner.begin(file, position, position + size, 0);
    while (scanner.nextVerified()) {
      // The scanner does the work.
    }
    return scanner.isFaulty() && !scanner.isCutOff()
        ? Optional.of(scanner.corrupt().found())
        : Optional.empty();
  }

  /** Checks a region that begins with the batch that holds an offset. */
  ScrubStep scrub(FetchRegion region, long from) {
    scanner.begin(region.file(), region.position(), region.position() + region.size(), 0);
    long next = from;
    while (scanner.nextVerified()) {
      next = scanner.lastOffset() + 1;
    }
    boolean isSound = !scanner.isFaulty() || (scanner.isCutOff() && next > from);
    return new ScrubStep(next, isSound ? Optional.empty() : Optional.of(scanner.corrupt().found()));
  }

  /** The first record at or after a time. */
  Optional<TimestampOffset> firstAtOrAfter(long timestamp, long logStartOffset) {
    for (Segment segment : segments.from(logStartOffset)) {
      if (segment.maxTimestamp(scanner) >= timestamp) {
        segment.seekTimestamp(timestamp, scanner);
        Optional<TimestampOffset> found = scanForTimestamp(timestamp, logStartOffset);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<TimestampOffset> scanForTimestamp(long timestamp, long logStartOffset) {
    while (scanner.next()) {
      if (scanner.maxTimestamp() >= timestamp && scanner.lastOffset() >= logStartOffset) {
        if (!scanner.verify()) {
          break;
        }
        int epoch = scanner.leaderEpoch();
        Optional<RecordTimestamps.Found> found =
            timestamps.firstAtOrAfter(scanner.readBatch(), 0, timestamp, logStartOffset);
        if (found.isPresent()) {
          return found.map(it -> new TimestampOffset(it.timestamp(), it.offset(), epoch));
        }
      }
    }
    return Optional.empty();
  }

  /** The record with the largest timestamp, and of several the first. */
  Optional<TimestampOffset> maxTimestamp(long logStartOffset) {
    long largest = -1;
    for (Segment segment : segments.from(logStartOffset)) {
      largest = Math.max(largest, segment.maxTimestamp(scanner));
    }
    return largest < 0 ? Optional.empty() : firstAtOrAfter(largest, logStartOffset);
  }
}
