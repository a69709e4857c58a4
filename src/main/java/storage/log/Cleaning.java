package storage.log;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import storage.record.KeyedRecords;
import storage.record.RecordBatch;

/**
 * One round of compaction of a log. The log's owner begins it, any thread takes it a step further
 * ({@link #advance}), and after each step the owner gives the result to the log ({@link
 * PartitionLog#take}), until nothing is left. A step first reads what is new, and then writes one
 * segment in place of some neighbours.
 *
 * <p>What it reads are files of closed segments, to which nothing is written; if one is cut or
 * given up meanwhile, the log does not take the result.
 */
public final class Cleaning {
  private final FileSystem fileSystem;
  private final Path directory;
  private final LogConfig config;
  private final Scope scope;
  private final List<Source> sources;
  private final Deque<List<Source>> groups = new ArrayDeque<>();
  private final BatchScanner scanner = new BatchScanner(Limits.SCAN_WINDOW_BYTES);
  private Optional<OffsetMap> map = Optional.empty();
  private Optional<BatchCleaner> cleaner = Optional.empty();
  private Optional<Draft> draft = Optional.empty();
  private Optional<Damage> damage = Optional.empty();
  private long mappedEndOffset;
  private long nextOffset;
  private volatile boolean cancelled;

  /** How fast it may go. */
  public interface Pace {
    /** So many bytes were read or written; may wait before it returns. */
    void spent(long bytes);
  }

  /**
   * A batch that cannot be cleaned, and neither can what comes after it.
   *
   * @param offset at or before the damage
   */
  public record Damage(long offset, Corruption what) {}

  /**
   * What is cleaned, and in view of what.
   *
   * @param generation of the log: its sources were not cut as long as it is the same
   * @param keysMax that fit into memory
   */
  record Scope(
      CompactionDecision decision,
      Landmarks landmarks,
      long generation,
      int keysMax,
      long nowMillis) {}

  /** A closed segment as it was when the cleaning began. */
  record Source(Segment segment, DiskFile file, CompactionDecision.ClosedSegment facts) {}

  /** A segment, durable under another name, and those in whose place it is to be. */
  record Draft(Segment segment, List<Source> replaced) {}

  Cleaning(LogOpening.Request log, LogConfig config, Scope scope, List<Source> sources) {
    this.fileSystem = log.fileSystem();
    this.directory = log.directory();
    this.config = config;
    this.scope = scope;
    this.sources = sources;
    this.mappedEndOffset = scope.decision().firstDirtyOffset();
  }

  /** It is not wanted any more: ends at the next batch. Any thread. */
  public void cancel() {
    cancelled = true;
  }

  long generation() {
    return scope.generation();
  }

  /** What its largest segment may take on the disk, beside those that it replaces. */
  long bytesNeeded() {
    long largest = 0;
    for (Source source : sources) {
      largest = Math.max(largest, source.facts().sizeBytes());
    }
    return Math.min(
        sources.stream().mapToLong(source -> source.facts().sizeBytes()).sum(),
        Math.max(largest, config.segmentBytesMax()));
  }

  /** Up to where the log is clean once all was taken. */
  long mappedEndOffset() {
    return mappedEndOffset;
  }

  /** Why it went no further, if that is why. For the owner, between steps. */
  public Optional<Damage> damage() {
    return damage;
  }

  Optional<Draft> takeDraft() {
    Optional<Draft> taken = draft;
    draft = Optional.empty();
    return taken;
  }

  /** Nothing is left to do; for the owner. */
  boolean isComplete() {
    return map.isPresent() && groups.isEmpty() && draft.isEmpty() && !hasStopped();
  }

  boolean hasStopped() {
    return cancelled || damage.isPresent();
  }

  /**
   * Goes a step further, on whatever thread.
   *
   * @throws StorageFailure if the disk refuses, or was taken away meanwhile; what it had written is
   *     removed again
   */
  public void advance(Pace pace) {
    try {
      if (map.isEmpty()) {
        readNews(pace);
      }
      if (!hasStopped() && !groups.isEmpty()) {
        draft = written(groups.remove(), pace);
      }
    } catch (CorruptLog corrupt) {
      damage = Optional.of(new Damage(nextOffset, corrupt.found()));
    }
  }

  // ---- what is new

  private void readNews(Pace pace) {
    long dirtyOffsets = scope.decision().endOffset() - scope.decision().firstDirtyOffset();
    OffsetMap offsets = new OffsetMap((int) Math.max(1, Math.min(scope.keysMax(), dirtyOffsets)));
    try (KeyedRecords records = new KeyedRecords()) {
      for (Source source : sources) {
        if (source.facts().endOffset() > mappedEndOffset
            && !readInto(offsets, source, records, pace)) {
          break;
        }
      }
    }
    map = Optional.of(offsets);
    cleaner =
        Optional.of(
            new BatchCleaner(
                offsets,
                new BatchCleaner.Rules(
                    mappedEndOffset,
                    scope.nowMillis(),
                    config.compaction().deleteRetentionMillis(),
                    scope.landmarks())));
    group();
  }

  /**
   * @return false if there is no room for more, or no need
   */
  private boolean readInto(OffsetMap offsets, Source source, KeyedRecords records, Pace pace) {
    scan(source);
    while (!cancelled && scanner.nextVerified()) {
      pace.spent(scanner.size());
      if (scanner.lastOffset() < mappedEndOffset) {
        continue;
      }
      ByteBuffer batch = scanner.readBatch();
      if (!RecordBatch.isControl(batch, 0) && !put(batch, offsets, records)) {
        return false;
      }
      mappedEndOffset = RecordBatch.lastOffset(batch, 0) + 1;
    }
    if (cancelled) {
      return false;
    }
    checkScanned();
    mappedEndOffset = source.facts().endOffset();
    return true;
  }

  private boolean put(ByteBuffer batch, OffsetMap offsets, KeyedRecords records) {
    nextOffset = RecordBatch.baseOffset(batch, 0);
    boolean[] full = new boolean[1];
    boolean isSound =
        records.visit(
            batch,
            0,
            (offset, key, hasValue) -> {
              if (offset >= scope.decision().firstDirtyOffset() && key.isPresent()) {
                full[0] = !offsets.put(key.get(), offset);
                if (full[0]) {
                  mappedEndOffset = Math.max(mappedEndOffset, offset);
                }
              }
              return !full[0];
            });
    if (!isSound) {
      throw new CorruptLog(
          scanner.corrupt().found().path(), scanner.position(), "the records are malformed");
    }
    return !full[0];
  }

  private void group() {
    List<CompactionDecision.ClosedSegment> reached = new ArrayList<>();
    for (Source source : sources) {
      if (source.facts().baseOffset() < mappedEndOffset) {
        reached.add(source.facts());
      }
    }
    int next = 0;
    for (List<CompactionDecision.ClosedSegment> group :
        CompactionDecision.groups(reached, config.segmentBytesMax(), config.indexBytesMax())) {
      groups.add(sources.subList(next, next + group.size()));
      next += group.size();
    }
  }

  // ---- what takes its place

  private Optional<Draft> written(List<Source> group, Pace pace) {
    Segment segment =
        Segment.draft(
            fileSystem, directory, group.get(0).facts().baseOffset(), config.indexIntervalBytes());
    boolean done = false;
    try {
      segment.create();
      done = write(group, segment, pace);
      if (done) {
        segment.seal();
        List<DiskFile> files = new ArrayList<>();
        segment.collectFiles(true, files);
        files.forEach(DiskFile::force);
      }
    } finally {
      if (!done) {
        segment.delete();
      }
    }
    segment.touch(group.get(group.size() - 1).segment().modifiedMillis());
    return done ? Optional.of(new Draft(segment, group)) : Optional.empty();
  }

  /**
   * @return false if it was cancelled
   */
  private boolean write(List<Source> group, Segment into, Pace pace) {
    SegmentWriter writer = new SegmentWriter(into, pace);
    for (int i = 0; i < group.size(); i++) {
      Source source = group.get(i);
      scan(source);
      while (!cancelled && scanner.nextVerified()) {
        pace.spent(scanner.size());
        nextOffset = scanner.baseOffset();
        boolean isLast =
            i == group.size() - 1
                && scanner.position() + scanner.size() == source.facts().sizeBytes();
        Optional<ByteBuffer> cleaned =
            cleaner.orElseThrow().clean(scanner.readBatch(), isLast, source.file().path());
        if (cleaned.isPresent() && !writer.add(cleaned.get())) {
          cancel(); // packed anew it is larger, and its positions would not be ints
        }
      }
      if (!cancelled) {
        checkScanned();
      }
    }
    if (!cancelled) {
      writer.flush();
    }
    return !cancelled;
  }

  private void scan(Source source) {
    nextOffset = source.facts().baseOffset();
    scanner.begin(source.file(), 0, source.facts().sizeBytes(), nextOffset);
  }

  private void checkScanned() {
    if (scanner.isFaulty()) {
      throw scanner.corrupt();
    }
  }
}
