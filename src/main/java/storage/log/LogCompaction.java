package storage.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The compaction of one log, as far as its owner has to do with it: begins rounds, and puts what
 * they have written in the place of what they have read. For the log's owning thread; what other
 * threads may call says so.
 *
 * <p>A swap goes through the steps that Kafka's does, so that a crash between any two of them
 * leaves the old or the new segments: the durable draft ({@code .cleaned}) is renamed ({@code
 * .swap}), which from then on is what counts; the old ones are given up ({@code .deleted}); the new
 * one gets its name. Each round's swaps happen in the order of offsets, each durable before the
 * next: a tombstone never goes before what it deletes.
 */
final class LogCompaction {
  private final LogOpening.Request log;
  private final SegmentList segments;
  private final ProducerSnapshots snapshots;
  private final DeletedSegments deleted;
  private final LogFlusher flusher;
  private Optional<Cleaning> current = Optional.empty();
  private volatile long cleanedOffset;

  LogCompaction(
      LogOpening.Request log,
      LogOpening.Opened opened,
      DeletedSegments deleted,
      LogFlusher flusher) {
    this.log = log;
    this.segments = opened.segments();
    this.snapshots = opened.snapshots();
    this.deleted = deleted;
    this.flusher = flusher;
    this.cleanedOffset = Math.min(log.cleanedOffset(), opened.recoveryPoint());
  }

  /** Below it the log was cleaned; any thread. */
  long cleanedOffset() {
    return cleanedOffset;
  }

  /** The log ends there now, and what follows will be other records. */
  void cutAt(long endOffset) {
    cleanedOffset = Math.min(cleanedOffset, endOffset);
    cancel();
  }

  void cancel() {
    current.ifPresent(Cleaning::cancel);
  }

  boolean isRunning() {
    return current.isPresent();
  }

  /**
   * Begins a round, if one is due and none is going on.
   *
   * @param closed all but the active segment, oldest first
   * @param cleanableOffset what is at or past it must stay as it is
   */
  Optional<Cleaning> begin(List<Segment> closed, long cleanableOffset, Opening round) {
    if (current.isPresent()) {
      return Optional.empty();
    }
    List<CompactionDecision.ClosedSegment> facts = new ArrayList<>(closed.size());
    for (Segment segment : closed) {
      facts.add(factsOf(segment, round.scanner()));
    }
    CompactionDecision decision =
        CompactionDecision.decide(
            facts,
            new CompactionDecision.Bounds(cleanedOffset, cleanableOffset),
            round.config().compaction(),
            round.nowMillis());
    if (!decision.isDue()) {
      return Optional.empty();
    }
    List<Cleaning.Source> sources = new ArrayList<>();
    for (int i = 0; i < closed.size() && facts.get(i).endOffset() <= decision.endOffset(); i++) {
      sources.add(new Cleaning.Source(closed.get(i), closed.get(i).log(), facts.get(i)));
    }
    Cleaning begun =
        new Cleaning(
            log,
            round.config(),
            new Cleaning.Scope(
                decision,
                round.landmarks().get(),
                flusher.generation(),
                round.keysMax(),
                round.nowMillis()),
            sources);
    current = Optional.of(begun);
    return current;
  }

  /**
   * The circumstances of a round.
   *
   * @param landmarks as of now; asked for only if a round begins
   * @param keysMax that its map may hold
   */
  record Opening(
      LogConfig config,
      Supplier<Landmarks> landmarks,
      int keysMax,
      BatchScanner scanner,
      long nowMillis) {}

  private CompactionDecision.ClosedSegment factsOf(Segment segment, BatchScanner scanner) {
    long newest = segment.maxTimestamp(scanner);
    return new CompactionDecision.ClosedSegment(
        segment.baseOffset(),
        segments.after(segment).baseOffset(),
        segment.size(),
        segment.indexBytes(),
        segment.firstTimestamp(scanner),
        newest >= 0 ? newest : segment.modifiedMillis());
  }

  /**
   * Takes what a step has written.
   *
   * @return whether another step is to follow; else the round is over
   * @throws StorageFailure if the disk refuses: half of a swap may be done
   */
  boolean take(Cleaning cleaning, LogConfig config, long nowMillis) {
    InvariantViolation.check(
        current.isPresent() && current.get().equals(cleaning), "a cleaning that was not begun");
    Optional<Cleaning.Draft> draft = cleaning.takeDraft();
    boolean isOfThisLog = cleaning.generation() == flusher.generation();
    if (draft.isPresent()) {
      isOfThisLog &= areThere(draft.get().replaced());
      if (!isOfThisLog || cleaning.hasStopped()) {
        draft.get().segment().delete();
      } else {
        swap(draft.get(), config, nowMillis);
      }
    }
    if (isOfThisLog && cleaning.isComplete()) {
      cleanedOffset = Math.max(cleanedOffset, cleaning.mappedEndOffset());
    }
    boolean goesOn = isOfThisLog && !cleaning.hasStopped() && !cleaning.isComplete();
    if (!goesOn) {
      current = Optional.empty();
    }
    return goesOn;
  }

  /** A round has failed: nothing comes of it any more. */
  void abandon(Cleaning cleaning) {
    cleaning.cancel();
    cleaning.takeDraft().ifPresent(draft -> draft.segment().delete());
    current = current.filter(running -> !running.equals(cleaning));
  }

  private boolean areThere(List<Cleaning.Source> sources) {
    return sources.stream().allMatch(source -> segments.contains(source.segment()));
  }

  private void swap(Cleaning.Draft draft, LogConfig config, long nowMillis) {
    boolean done = false;
    try {
      Segment next = draft.segment();
      next.rename(LogFiles.CLEANED, LogFiles.SWAP);
      flusher.syncDirectory();
      for (Cleaning.Source source : draft.replaced()) {
        segments.remove(source.segment());
        deleted.add(source.segment(), nowMillis + config.fileDeleteDelayMillis());
      }
      next.rename(LogFiles.SWAP, "");
      segments.add(next);
      flusher.syncDirectory();
      for (Cleaning.Source source : draft.replaced()) {
        if (source.segment().baseOffset() != next.baseOffset()) {
          snapshots.delete(source.segment().baseOffset());
        }
      }
      done = true;
    } finally {
      if (!done) {
        flusher.fail();
      }
    }
  }
}
