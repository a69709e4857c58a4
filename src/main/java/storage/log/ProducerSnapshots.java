package storage.log;

import java.nio.file.Path;
import java.util.TreeSet;
import storage.record.RecordBatch;

/**
 * The {@code .snapshot} files of a log: each holds the producer states as of the offset in its
 * name. They are not fsynced, since they follow from the log; a damaged one is skipped.
 */
final class ProducerSnapshots {
  private final FileSystem fileSystem;
  private final Path directory;
  private final TreeSet<Long> offsets = new TreeSet<>();

  ProducerSnapshots(FileSystem fileSystem, Path directory) {
    this.fileSystem = fileSystem;
    this.directory = directory;
  }

  /** Notes a file that a listing of the directory showed. */
  void found(long offset) {
    offsets.add(offset);
  }

  void take(long offset, ProducerStates states) {
    fileSystem.writeSmallLazily(path(offset), ProducerSnapshot.encode(states.all()));
    offsets.add(offset);
  }

  /**
   * Makes the states those of the log: from the latest usable snapshot, and the batches after it,
   * be they deleted and only still there. A producer whose last batches are gone is not known: of
   * one that is known by an earlier batch, whatever it sends next would be refused. Snapshots past
   * the log's end are deleted.
   */
  void rebuild(ProducerStates states, SegmentList segments, LogRange log, BatchScanner scanner) {
    deleteFrom(log.endOffset() + 1);
    states.clear();
    long from = load(states);
    long first = segments.first().baseOffset();
    if (from < first) {
      states.clear();
      from = first;
    }
    if (from >= log.endOffset()) {
      return;
    }
    for (Segment segment : segments.from(from)) {
      replay(segment, from, states, scanner);
    }
  }

  /** Loads the latest usable snapshot, and returns its offset; -1 if there is none. */
  private long load(ProducerStates states) {
    while (!offsets.isEmpty()) {
      long offset = offsets.last();
      var loaded = fileSystem.readSmall(path(offset)).flatMap(ProducerSnapshot::decode);
      if (loaded.isPresent()) {
        loaded.get().forEach(states::put);
        return offset;
      }
      deleteFrom(offset);
    }
    return -1;
  }

  private static void replay(
      Segment segment, long from, ProducerStates states, BatchScanner scanner) {
    try {
      boolean more = segment.seek(from, scanner);
      while (more) {
        apply(states, scanner);
        more = scanner.next();
      }
    } catch (CorruptLog corrupt) {
      // What follows in this segment cannot be read by anyone; the scrub reports it.
    }
  }

  private static void apply(ProducerStates states, BatchScanner scanner) {
    if (RecordBatch.isControl(scanner.header(), scanner.at())) {
      if (scanner.verify()) {
        states.update(scanner.readBatch(), 0);
      }
    } else {
      states.update(scanner.header(), scanner.at());
    }
  }

  void deleteFrom(long offset) {
    while (!offsets.isEmpty() && offsets.last() >= offset) {
      fileSystem.delete(path(offsets.pollLast()));
    }
  }

  /** Deletes the one of an offset, if there is one. */
  void delete(long offset) {
    if (offsets.remove(offset)) {
      fileSystem.delete(path(offset));
    }
  }

  /** Deletes those before an offset, but keeps the latest of all. */
  void deleteBefore(long offset) {
    while (offsets.size() > 1 && offsets.first() < offset) {
      fileSystem.delete(path(offsets.pollFirst()));
    }
  }

  private Path path(long offset) {
    return LogFiles.of(directory, offset, LogFiles.SNAPSHOT);
  }
}
