package storage.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import storage.record.RecordBatch;
import storage.record.TimestampType;

/**
 * The log of one partition. One thread at a time owns it and calls its methods; what may be called
 * from other threads says so. The files of {@link FetchRegion}s may be read by any thread.
 *
 * <p>Batches that are appended must have passed a {@link storage.record.BatchValidator}. They are
 * stamped in their buffers and written as they are.
 */
public final class PartitionLog implements AutoCloseable {
  private final LogOpening.Request origin;
  private final SegmentList segments;
  private final ProducerSnapshots snapshots;
  private final ProducerStates producers;
  private final EpochFile epochFile;
  private final TailCache tail = new TailCache();
  private final BatchScanner scanner = new BatchScanner(Limits.LOOKUP_WINDOW_BYTES);
  private final DeletedSegments deleted = new DeletedSegments();
  private final LogFlusher flusher;
  private final LogCompaction compaction;
  private final LogReader reader;
  private final Admission admission;
  private final LongConsumer onStartMoved;
  private LogConfig config;
  private EpochHistory epochs;
  private long logEndOffset;
  private long trustedSinceMillis;
  private volatile long logStartOffset;

  /** Whether there is room for records. */
  interface Admission {
    /**
     * @throws StorageFailure if there is not
     */
    void admit(long bytes, long nowMillis);
  }

  private PartitionLog(
      LogOpening.Request request,
      LogOpening.Opened opened,
      Runnable onRecoveryPointLowered,
      LongConsumer onStartMoved,
      Admission admission) {
    this.origin = request;
    this.admission = admission;
    this.onStartMoved = onStartMoved;
    this.config = request.config();
    this.segments = opened.segments();
    this.snapshots = opened.snapshots();
    this.producers = opened.producers();
    this.epochFile = opened.epochFile();
    this.epochs = opened.epochs();
    this.logStartOffset = opened.range().startOffset();
    this.logEndOffset = opened.range().endOffset();
    this.trustedSinceMillis = request.nowMillis();
    this.flusher = new LogFlusher(request, opened, onRecoveryPointLowered);
    this.compaction = new LogCompaction(request, opened, deleted, flusher);
    this.reader = new LogReader(segments, tail, config.verifyColdReads(), scanner);
  }

  /**
   * Opens a log, recovering it if need be.
   *
   * @param onRecoveryPointLowered makes the recovery points durable; is called before anything is
   *     written past a recovery point that moved back
   * @param onStartMoved makes the log's start durable where the files do not tell it
   * @param admission is asked before each append
   */
  static PartitionLog open(
      LogOpening.Request request,
      Runnable onRecoveryPointLowered,
      LongConsumer onStartMoved,
      Admission admission) {
    try {
      return new PartitionLog(
          request, LogOpening.open(request), onRecoveryPointLowered, onStartMoved, admission);
    } catch (CorruptLog corrupt) {
      throw new StorageFailure(corrupt.found().sentence(), request.directory());
    }
  }

  /** The partition whose log this is; any thread. */
  public PartitionName partition() {
    return origin.partition();
  }

  /** First offset that readers may ask for; any thread. */
  public long logStartOffset() {
    return logStartOffset;
  }

  /** Offset of the next record; exclusive end. */
  public long logEndOffset() {
    return logEndOffset;
  }

  public LogRange range() {
    return new LogRange(logStartOffset, logEndOffset);
  }

  /**
   * What can be given to another replica: batches go whole, so it begins with the batch that holds
   * the log's start.
   */
  public LogRange replicatedRange() {
    return logStartOffset == segments.first().baseOffset()
        ? range()
        : new LogRange(batchStart(logStartOffset), logEndOffset);
  }

  /**
   * The base offset of the batch that an offset is in the middle of; otherwise the offset itself.
   *
   * @throws StorageFailure if the log cannot be read
   */
  public long batchStart(long offset) {
    ReadOutcome first = read(Math.max(offset, logStartOffset), 0, logEndOffset, true);
    return first instanceof FetchRegion region ? Math.min(region.firstOffset(), offset) : offset;
  }

  /** Everything before this offset has been fsynced; any thread. */
  public long recoveryPoint() {
    return flusher.recoveryPoint();
  }

  public long sizeBytes() {
    return segments.sizeBytes();
  }

  public ProducerStates producers() {
    return producers;
  }

  public EpochHistory epochs() {
    return epochs;
  }

  /** Epoch of the leader that last wrote or was assigned; empty if there was none. */
  public OptionalInt latestEpoch() {
    return epochs.latestEpoch();
  }

  /** See {@link EpochHistory#endOffsetFor}. */
  public Optional<EpochHistory.EpochEnd> endOffsetForEpoch(int epoch) {
    return epochs.endOffsetFor(epoch, logEndOffset);
  }

  /** What counts from now on; segments already written stay as they are. */
  public void reconfigure(LogConfig changed) {
    config = changed;
  }

  public LogConfig config() {
    return config;
  }

  /** True after a failed write or fsync: the log takes no more appends; any thread. */
  public boolean hasFailed() {
    return flusher.hasFailed();
  }

  // ---- writing

  /**
   * Records that a leader's epoch begins at the log's end; before the leader's first append. As
   * durable as what is appended then: an epoch of which no batch is left has no meaning for
   * anybody.
   */
  public void assignEpoch(int epoch) {
    checkUsable();
    assign(epoch, logEndOffset);
  }

  private void assign(int epoch, long startOffset) {
    EpochHistory next = epochs.assign(epoch, startOffset);
    if (!next.equals(epochs)) {
      epochFile.writeLazily(next);
      flusher.epochsChanged();
      epochs = next;
    }
  }

  /**
   * Appends as the leader: gives the batches offsets, epoch and (where the topic wants it) time.
   *
   * @param batches one validated batch in each buffer, from position to limit; stamped in place,
   *     positions do not move
   * @param leaderEpoch the latest epoch that was assigned
   * @throws StorageFailure if the disk refuses; then what was not written whole is cut off again.
   *     Or if too little would stay free: then nothing was written
   */
  public AppendResult append(List<ByteBuffer> batches, int leaderEpoch, long nowMillis) {
    checkUsable();
    InvariantViolation.check(
        latestEpoch().orElse(-1) == leaderEpoch,
        "an append under epoch %d, the latest is %d",
        leaderEpoch,
        latestEpoch().orElse(-1));
    admission.admit(batches.stream().mapToLong(ByteBuffer::remaining).sum(), nowMillis);
    boolean stampsTime = config.timestampType() == TimestampType.LOG_APPEND_TIME;
    long[] firstOffsets = new long[batches.size()];
    long startOffset = logEndOffset;
    long offset = startOffset;
    for (int i = 0; i < firstOffsets.length; i++) {
      ByteBuffer batch = batches.get(i);
      int at = batch.position();
      firstOffsets[i] = offset;
      RecordBatch.stampLeader(batch, at, offset, leaderEpoch);
      if (stampsTime) {
        RecordBatch.stampLogAppendTime(batch, at, nowMillis);
      }
      offset = RecordBatch.lastOffset(batch, at) + 1;
    }
    write(batches, nowMillis);
    return new AppendResult(
        firstOffsets, new LogRange(startOffset, logEndOffset), stampsTime ? nowMillis : -1);
  }

  /**
   * Appends what a leader has in its log, unchanged.
   *
   * @param fromOffset where the leader's batches begin; must be this log's end. The first batch may
   *     begin later, where compaction left a hole
   * @param batches whole batches, back to back, from position to limit
   */
  public FollowerAppend appendAsFollower(long fromOffset, ByteBuffer batches, long nowMillis) {
    checkUsable();
    if (fromOffset != logEndOffset) {
      return new FollowerAppend.NotNext(logEndOffset, fromOffset);
    }
    StoredBatches stored = StoredBatches.split(batches, logEndOffset, latestEpoch().orElse(-1));
    if (stored.isDamaged()) {
      return new FollowerAppend.Damaged(stored.fault());
    }
    admission.admit(batches.remaining(), nowMillis);
    writeEpochByEpoch(stored.batches(), nowMillis);
    return new FollowerAppend.Appended(logEndOffset);
  }

  /** An epoch is on record before its first batch, but never past a write that failed. */
  private void writeEpochByEpoch(List<ByteBuffer> batches, long nowMillis) {
    int from = 0;
    for (int i = 0; i < batches.size(); i++) {
      ByteBuffer batch = batches.get(i);
      int epoch = RecordBatch.leaderEpoch(batch, batch.position());
      if (epoch > latestEpoch().orElse(-1)) {
        write(batches.subList(from, i), nowMillis);
        assign(epoch, RecordBatch.baseOffset(batch, batch.position()));
        from = i;
      }
    }
    write(batches.subList(from, batches.size()), nowMillis);
  }

  /** Writes stamped batches: all that belong into the active segment in one write. */
  private void write(List<ByteBuffer> batches, long nowMillis) {
    int from = 0;
    while (from < batches.size()) {
      if (mustRoll(batches.get(from), 0, batches.get(from))) {
        rollFor(batches.get(from), nowMillis);
      }
      int to = from + 1;
      int bytes = batches.get(from).remaining();
      while (to < batches.size() && !mustRoll(batches.get(to), bytes, batches.get(from))) {
        bytes += batches.get(to).remaining();
        to++;
      }
      writeRun(batches.subList(from, to), bytes, nowMillis);
      from = to;
    }
  }

  private void writeRun(List<ByteBuffer> run, int bytes, long nowMillis) {
    Segment segment = segments.active();
    int position = segment.size();
    ByteBuffer[] buffers = new ByteBuffer[run.size()];
    for (int i = 0; i < buffers.length; i++) {
      buffers[i] = run.get(i).duplicate();
    }
    writeOrCutBack(segment, buffers, bytes);
    segment.touch(nowMillis);
    boolean noted = false;
    try {
      for (ByteBuffer batch : run) {
        note(segment, batch, position);
        position += batch.remaining();
      }
      noted = true;
    } finally {
      if (!noted) {
        flusher.fail();
      }
    }
  }

  private void writeOrCutBack(Segment segment, ByteBuffer[] buffers, int bytes) {
    try {
      segment.write(buffers, bytes);
    } catch (StorageFailure failure) {
      boolean isCutBack = failure.getSuppressed().length == 0;
      if (!isCutBack) {
        flusher.fail();
      }
      throw failure;
    }
  }

  private void note(Segment segment, ByteBuffer batch, int position) {
    int at = batch.position();
    long baseOffset = RecordBatch.baseOffset(batch, at);
    long lastOffset = RecordBatch.lastOffset(batch, at);
    int size = batch.remaining();
    tail.add(segment.baseOffset(), baseOffset, lastOffset, position, size);
    producers.update(batch, at);
    logEndOffset = lastOffset + 1;
    segment.note(lastOffset, position, size, RecordBatch.newestTimestamp(batch, at));
  }

  /**
   * Whether a batch belongs into a new segment.
   *
   * @param waitingBytes of batches that will be written before it
   * @param first of those batches, or the batch itself
   */
  private boolean mustRoll(ByteBuffer batch, int waitingBytes, ByteBuffer first) {
    Segment active = segments.active();
    int at = batch.position();
    return RollDecision.mustRoll(
        new RollDecision.Situation(
            active.baseOffset(),
            active.size() + waitingBytes,
            active.isIndexFull(config.indexBytesMax()),
            active.size() > 0
                ? active.firstTimestamp(scanner)
                : RecordBatch.maxTimestamp(first, first.position()),
            batch.remaining(),
            RecordBatch.lastOffset(batch, at),
            RecordBatch.maxTimestamp(batch, at)),
        config);
  }

  /** Closes the active segment and begins the next one at the log's end. */
  public void roll(long nowMillis) {
    checkUsable();
    if (segments.active().size() > 0) {
      roll(nowMillis, logEndOffset);
    }
  }

  /** The next segment begins at the log's end, unless a batch lies too far behind a hole. */
  private void rollFor(ByteBuffer batch, long nowMillis) {
    long lastOffset = RecordBatch.lastOffset(batch, batch.position());
    boolean isNear = lastOffset - logEndOffset <= Integer.MAX_VALUE;
    long next = isNear ? logEndOffset : RecordBatch.baseOffset(batch, batch.position());
    roll(nowMillis, next);
  }

  private void roll(long nowMillis, long baseOffset) {
    Segment before = segments.active();
    before.seal();
    snapshots.take(logEndOffset, producers);
    begin(baseOffset, nowMillis);
    if (before.size() == 0) {
      discard(before, nowMillis);
    }
  }

  private void begin(long baseOffset, long nowMillis) {
    Segment segment =
        new Segment(
            origin.fileSystem(),
            origin.directory(),
            baseOffset,
            config.indexIntervalBytes(),
            Segment.Sizes.empty(nowMillis));
    segment.create();
    segments.add(segment);
    flusher.directoryChanged();
  }

  // ---- reading

  /**
   * Finds the bytes to answer a fetch with; reads at most a few headers, and nothing for a reader
   * at the tail. What this process did not write is checked against its checksums the first time.
   *
   * @param offset of the first record wanted; the region begins with the batch that holds it
   * @param maxBytes of the region
   * @param endOffset the region holds no batch that reaches to or past it (high watermark, last
   *     stable offset or log end); exclusive
   * @param atLeastOneBatch whether a first batch that is larger than {@code maxBytes} is given
   *     whole, or not at all
   */
  public ReadOutcome read(long offset, int maxBytes, long endOffset, boolean atLeastOneBatch) {
    if (offset < logStartOffset || offset > logEndOffset) {
      return new OffsetOutOfRange(logStartOffset, logEndOffset);
    }
    return reader.read(
        offset, maxBytes, Math.min(endOffset, logEndOffset), range(), atLeastOneBatch);
  }

  /** The first record at or after a time; empty if there is none. */
  public Optional<TimestampOffset> offsetForTimestamp(long timestamp) {
    try {
      return reader.firstAtOrAfter(timestamp, logStartOffset);
    } catch (CorruptLog corrupt) {
      return Optional.empty();
    }
  }

  /** The record with the largest timestamp, and of several the first; empty if there is none. */
  public Optional<TimestampOffset> maxTimestamp() {
    try {
      return reader.maxTimestamp(logStartOffset);
    } catch (CorruptLog corrupt) {
      return Optional.empty();
    }
  }

  /** The log's segments, oldest first. */
  public List<SegmentInfo> segments() {
    List<SegmentInfo> infos = new ArrayList<>(segments.size());
    for (Segment segment : segments.all()) {
      boolean isActive = segments.isActive(segment);
      long timestamp = newestTimestamp(segment);
      infos.add(
          new SegmentInfo(
              segment.baseOffset(),
              isActive ? logEndOffset : segments.after(segment).baseOffset(),
              segment.size(),
              timestamp >= 0 ? timestamp : segment.modifiedMillis(),
              isActive));
    }
    return infos;
  }

  private long newestTimestamp(Segment segment) {
    try {
      return segment.maxTimestamp(scanner);
    } catch (CorruptLog corrupt) {
      return -1;
    }
  }

  /**
   * The first batch from an offset on that is not what was written, as long as the scan has not
   * passed over some bytes.
   *
   * @param maxBytes a batch begun is finished
   */
  public ScrubStep scrub(long fromOffset, int maxBytes) {
    long from = Math.max(fromOffset, logStartOffset);
    ReadOutcome outcome = read(from, maxBytes, logEndOffset, true);
    if (outcome instanceof FetchRegion region && !region.isEmpty()) {
      return reader.scrub(region, from);
    }
    return new ScrubStep(
        logEndOffset,
        outcome instanceof Corruption corruption ? Optional.of(corruption) : Optional.empty());
  }

  /**
   * From now on what is read is checked again, even if it was found sound or written by this
   * process: the disk, and whoever else can write to it, may have changed it since.
   */
  public void distrust() {
    segments.all().forEach(segment -> segment.verified().truncate(0));
  }

  /** To be called now and then: {@link #distrust}, unless that was not long ago. */
  public void distrustAfterAWhile(long nowMillis) {
    if (Math.abs(nowMillis - trustedSinceMillis) >= Limits.TRUST_MILLIS) {
      trustedSinceMillis = nowMillis;
      distrust();
    }
  }

  /**
   * Checks the batches of a region against their checksums; one that the region cuts off is not
   * looked at. Any thread.
   */
  public static Optional<Corruption> verify(FetchRegion region) {
    return LogReader.firstCorruption(
        region.file(),
        region.position(),
        region.size(),
        new BatchScanner(Limits.SCAN_WINDOW_BYTES));
  }

  // ---- truncation and retention

  /**
   * Removes every batch that reaches to or past an offset.
   *
   * @return the new log end: the offset, or the start of the batch that held it, if that is before,
   *     or the place of a damage before it
   * @throws StorageFailure if the disk refuses, if only for lack of space: half of it may be done,
   *     so the log takes no more changes, and claims nothing that may be gone
   */
  public long truncateTo(long offset, long nowMillis) {
    checkUsable();
    boolean done = false;
    try {
      long end = truncated(offset, nowMillis);
      done = true;
      return end;
    } finally {
      if (!done) {
        flusher.fail();
      }
    }
  }

  private long truncated(long offset, long nowMillis) {
    // What is deleted and still there tells of its producers.
    if (offset < logStartOffset || offset <= segments.first().baseOffset()) {
      restart(offset, nowMillis);
      return offset;
    }
    if (offset < logEndOffset) {
      truncateSegments(offset, nowMillis);
      if (logEndOffset < logStartOffset) {
        restart(logStartOffset, nowMillis);
        return logStartOffset;
      }
      tail.clear();
      reader.forget();
      snapshots.rebuild(producers, segments, range(), scanner);
    }
    setEpochs(epochs.truncateFromEnd(logEndOffset));
    return logEndOffset;
  }

  private void truncateSegments(long offset, long nowMillis) {
    logEndOffset = offset;
    compaction.cutAt(offset);
    for (Segment segment : segments.startingFrom(offset)) {
      discard(segment, nowMillis);
    }
    flusher.syncDirectory();
    long end = offset;
    if (segments.isEmpty()) {
      begin(offset, nowMillis);
    } else {
      end = truncateActive(offset);
    }
    logEndOffset = end;
    compaction.cutAt(end);
    flusher.cutAt(end);
  }

  /** Where the segment is damaged before the offset, the log ends there: a peer has the rest. */
  private long truncateActive(long offset) {
    Segment active = segments.active();
    try {
      logEndOffset = active.endOnceTruncated(offset, scanner);
      return active.truncateTo(offset, scanner);
    } catch (CorruptLog corrupt) {
      logEndOffset = Math.min(logEndOffset, active.baseOffset());
      long soundEnd = active.recoverWhole(scanner, found -> {});
      return soundEnd <= offset ? soundEnd : active.truncateTo(offset, scanner);
    }
  }

  /**
   * Removes everything; the next record gets this offset.
   *
   * @throws StorageFailure as {@link #truncateTo} does
   */
  public void truncateFullyAndStartAt(long offset, long nowMillis) {
    checkUsable();
    boolean done = false;
    try {
      restart(offset, nowMillis);
      done = true;
    } finally {
      if (!done) {
        flusher.fail();
      }
    }
  }

  private void restart(long offset, long nowMillis) {
    logEndOffset = Math.min(logEndOffset, logStartOffset);
    for (Segment segment : segments.startingFrom(Long.MIN_VALUE)) {
      discard(segment, nowMillis);
    }
    begin(offset, nowMillis);
    flusher.syncDirectory();
    snapshots.deleteFrom(0);
    producers.clear();
    tail.clear();
    reader.forget();
    setEpochs(EpochHistory.EMPTY);
    boolean movesBack = offset < logStartOffset;
    logStartOffset = offset;
    logEndOffset = offset;
    compaction.cutAt(offset);
    flusher.restartAt(offset);
    if (movesBack) {
      onStartMoved.accept(offset);
    }
  }

  private void discard(Segment segment, long nowMillis) {
    segments.remove(segment);
    deleted.add(segment, nowMillis + config.fileDeleteDelayMillis());
    flusher.directoryChanged();
  }

  private void setEpochs(EpochHistory next) {
    if (!next.equals(epochs)) {
      epochFile.write(next);
      epochs = next;
    }
  }

  /**
   * Makes the records before an offset unreadable, for good; their segments go with the next
   * retention.
   *
   * @param offset not past the high watermark; an offset before the log's start changes nothing
   * @throws StorageFailure if the disk refuses: then they are readable, or will be as soon as it is
   *     done again
   */
  public void advanceLogStartOffset(long offset) {
    checkUsable();
    InvariantViolation.check(
        offset <= logEndOffset, "log start %d past the log end %d", offset, logEndOffset);
    if (offset > logStartOffset) {
      // On disk first: others are told of the log's start, and count on it through a crash.
      if (offset > segments.first().baseOffset()) {
        onStartMoved.accept(offset);
      }
      logStartOffset = offset;
      setEpochs(epochs.truncateFromStart(offset));
    }
  }

  /**
   * Gives up the segments that are too old, too many or before the log's start; their files stay
   * until {@link #reap}.
   *
   * @return how many
   */
  public int applyRetention(long highWatermark, long nowMillis) {
    checkUsable();
    RetentionDecision decision =
        RetentionDecision.decide(segments(), config, logStartOffset, highWatermark, nowMillis);
    if (decision.segments() == segments.size()) {
      roll(nowMillis);
    }
    for (int i = 0; i < decision.segments(); i++) {
      discard(segments.first(), nowMillis);
    }
    if (decision.segments() > 0) {
      advanceLogStartOffset(segments.first().baseOffset());
      snapshots.deleteBefore(logStartOffset);
      flusher.startAt(logStartOffset);
      reader.forget();
    }
    producers.expire(nowMillis, config.producerExpirationMillis());
    return decision.segments();
  }

  /**
   * Really deletes files that were given up long enough ago; returns how many segments. None while
   * a cleaning may be reading them.
   */
  public int reap(long nowMillis) {
    return compaction.isRunning() ? 0 : deleted.reap(nowMillis);
  }

  // ---- compaction

  /** Before this offset the log was compacted, and what follows is new; any thread. */
  public long cleanedOffset() {
    return compaction.cleanedOffset();
  }

  /**
   * Closes the active segment of a log that is compacted once it is old by the clock, so that its
   * records can be cleaned though nothing more is written.
   */
  public void rollIfOld(long nowMillis) {
    checkUsable();
    long age = nowMillis - segments.active().begunMillis();
    long ageMax =
        Math.min(
            config.segmentMillisMax() - config.segmentJitterMillis(),
            config.compaction().lagMillisMax());
    if (config.compaction().enabled() && age >= ageMax) {
      roll(nowMillis);
    }
  }

  /**
   * Begins a cleaning if the settings ask for one, there is something to clean, and none is going
   * on. Only whole segments are cleaned that are durable and before the offset.
   *
   * @param endOffset the high watermark; what is past it may be cut off again
   * @param mapBytes memory for the keys of what is new; if that is too little, a part is cleaned
   * @throws StorageFailure if there is too little space for what it writes
   */
  public Optional<Cleaning> beginCleaning(long endOffset, long mapBytes, long nowMillis) {
    checkUsable();
    if (!config.compaction().enabled()) {
      return Optional.empty();
    }
    long cleanable =
        Math.min(endOffset, Math.min(producers.firstOpenOffset(), flusher.recoveryPoint()));
    Optional<Cleaning> begun;
    try {
      begun =
          compaction.begin(
              segments.closedFrom(logStartOffset),
              cleanable,
              new LogCompaction.Opening(
                  config, this::landmarks, OffsetMap.keysIn(mapBytes), scanner, nowMillis));
    } catch (CorruptLog corrupt) {
      return Optional.empty(); // a reader, or the scrub, says so
    }
    if (begun.isPresent()) {
      admit(begun.get(), nowMillis);
    }
    return begun;
  }

  private Landmarks landmarks() {
    return new Landmarks(
        producers.batchEnds(),
        epochs.entries().stream().mapToLong(EpochHistory.Entry::startOffset).toArray());
  }

  private void admit(Cleaning cleaning, long nowMillis) {
    try {
      admission.admit(cleaning.bytesNeeded(), nowMillis);
    } catch (StorageFailure tooLittle) {
      compaction.abandon(cleaning);
      throw tooLittle;
    }
  }

  /**
   * Takes what a step of a cleaning has written: from now on it is read instead of what it was made
   * of, whose files stay for readers in flight until {@link #reap}. If the log was cut meanwhile,
   * nothing is taken.
   *
   * @return whether another step is to follow; else the cleaning is over
   * @throws StorageFailure if the disk refuses: half of it may be done, so the log takes no more
   *     changes
   */
  public boolean take(Cleaning cleaning, long nowMillis) {
    if (hasFailed()) {
      compaction.abandon(cleaning);
      return false;
    }
    boolean goesOn = compaction.take(cleaning, config, nowMillis);
    tail.clear();
    reader.forget();
    return goesOn;
  }

  /** The cleaning has failed, or is not wanted any more; its last step must have ended. */
  public void abandon(Cleaning cleaning) {
    compaction.abandon(cleaning);
  }

  // ---- flushing

  /** How many records an fsync would make durable. */
  public long unflushedRecords() {
    return logEndOffset - flusher.recoveryPoint();
  }

  /** True if an fsync should begin: the policy asks for it, or a closed segment waits for one. */
  public boolean isFlushDue(long nowMillis) {
    return flusher.isDue(config, logEndOffset, nowMillis);
  }

  /** Begins an fsync that another thread may carry out; appends may go on meanwhile. */
  public FlushTicket beginFlush() {
    return flusher.begin(logEndOffset);
  }

  /** Takes note that a ticket was forced; one from before a truncation proves nothing. */
  public void completeFlush(FlushTicket ticket, long nowMillis) {
    flusher.complete(ticket, nowMillis);
  }

  /** All of a flush on the calling thread. */
  public void flush(long nowMillis) {
    flusher.flush(logEndOffset, nowMillis);
  }

  private void checkUsable() {
    if (hasFailed()) {
      throw new StorageFailure(
          "the log in " + origin.directory() + " failed before and takes no changes",
          origin.directory());
    }
  }

  /**
   * Makes everything durable and closes the files. After a failure only closes them. No flush and
   * no transfer may be going on.
   */
  @Override
  public void close() {
    compaction.cancel();
    try {
      if (!hasFailed()) {
        segments.active().seal();
        flusher.flushLast(logEndOffset);
        snapshots.take(logEndOffset, producers);
      }
    } finally {
      deleted.close();
      segments.close();
    }
  }

  /** Closes the files and writes nothing more. */
  public void abandon() {
    flusher.fail();
    close();
  }
}
