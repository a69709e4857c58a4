package storage.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The segments of a log by base offset; the last one is the one written to. */
final class SegmentList implements AutoCloseable {
  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private Segment active;

  void add(Segment segment) {
    segments.put(segment.baseOffset(), segment);
    active = segments.lastEntry().getValue();
  }

  void remove(Segment segment) {
    segments.remove(segment.baseOffset());
    active = segments.isEmpty() ? null : segments.lastEntry().getValue();
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  Segment active() {
    return active;
  }

  Segment first() {
    return segments.firstEntry().getValue();
  }

  /** The segment that may hold an offset; the first one if the offset is before all. */
  Segment covering(long offset) {
    if (offset >= active.baseOffset()) {
      return active;
    }
    Map.Entry<Long, Segment> entry = segments.floorEntry(offset);
    return entry == null ? first() : entry.getValue();
  }

  /** The segment after one that is not the last. */
  Segment after(Segment segment) {
    return segments.higherEntry(segment.baseOffset()).getValue();
  }

  /** Whether this very segment is one of them. */
  boolean contains(Segment segment) {
    return segment.equals(segments.get(segment.baseOffset()));
  }

  /** All but the active one, from the one that may hold an offset on; a copy. */
  List<Segment> closedFrom(long offset) {
    return new ArrayList<>(
        segments.subMap(covering(offset).baseOffset(), active.baseOffset()).values());
  }

  boolean isActive(Segment segment) {
    return segment.baseOffset() == active.baseOffset();
  }

  /** The segment that may hold an offset and all after it, in order. */
  Collection<Segment> from(long offset) {
    return segments.tailMap(covering(offset).baseOffset(), true).values();
  }

  /** Those that begin at or after an offset, last first; a copy. */
  List<Segment> startingFrom(long offset) {
    return new ArrayList<>(segments.tailMap(offset, true).descendingMap().values());
  }

  Collection<Segment> all() {
    return segments.values();
  }

  int size() {
    return segments.size();
  }

  long sizeBytes() {
    long bytes = 0;
    for (Segment segment : segments.values()) {
      bytes += segment.size();
    }
    return bytes;
  }

  @Override
  public void close() {
    segments.values().forEach(Segment::close);
  }
}
