package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.FollowerAppend;
import storage.log.PartitionLog;
import storage.log.StorageFailure;

/**
 * What a follower does with its log: asks its leader until their logs agree, then takes what it is
 * pushed and says how far it is. Confined to its replica's actor.
 */
final class Following {
  private static final Logger LOG = LoggerFactory.getLogger(Following.class);

  private final Surroundings around;
  private final PartitionLog log;
  private final Flusher flusher;
  private final Allegiance allegiance;
  private final BatchParts parts = new BatchParts();
  private final Readership readership;
  private final FetchWindow window;
  private boolean commitsOnFlush;
  private long session;
  private boolean accepted;
  private boolean outOfSpace;
  private boolean inSync = true;
  private long askedMillis;
  private long heardMillis;
  private long patienceMillis = Limits.ASK_MILLIS_MIN;
  private long highWatermark;
  private long heardHighWatermark;

  /**
   * Whom it follows.
   *
   * @param epoch the leader's reign
   * @param leader its broker
   * @param self this broker
   * @param brokerEpoch the life of this broker
   */
  record Allegiance(LeaderEpoch epoch, int leader, int self, BrokerEpoch brokerEpoch) {}

  /**
   * @param firstSession larger than any number that this life of the broker has used for the
   *     partition
   * @param highWatermark as far as it was known; a lower bound
   */
  Following(
      Surroundings around,
      PartitionLog log,
      Flusher flusher,
      Allegiance allegiance,
      long firstSession,
      long highWatermark) {
    this.around = around;
    this.log = log;
    this.flusher = flusher;
    this.allegiance = allegiance;
    this.session = firstSession;
    this.readership = new Readership(around, log);
    this.window = new FetchWindow(around);
    // Only what was committed is ever deleted.
    this.highWatermark =
        Math.min(Math.max(highWatermark, log.logStartOffset()), log.logEndOffset());
    this.commitsOnFlush = log.config().flushOnCommit();
    ask();
  }

  Allegiance allegiance() {
    return allegiance;
  }

  LeaderEpoch epoch() {
    return allegiance.epoch();
  }

  long highWatermark() {
    return highWatermark;
  }

  /** From the log's end to the high watermark that the leader last told, 0 or more. */
  long lagOffsets() {
    return Math.max(0, heardHighWatermark - log.logEndOffset());
  }

  long session() {
    return session;
  }

  /**
   * @param nowInSync whether the ISR has this replica
   */
  void configure(boolean nowCommitsOnFlush, boolean nowInSync) {
    inSync = nowInSync;
    if (!inSync) {
      around.tendSoon();
    }
    if (commitsOnFlush != nowCommitsOnFlush) {
      commitsOnFlush = nowCommitsOnFlush;
      flusher.flushIfDue();
      sayProgress();
    }
  }

  /** Opens a new session: the one before is over, whatever comes of it. */
  private void ask() {
    session++;
    accepted = false;
    parts.clear();
    askedMillis = around.monotonicMillis();
    around.send(
        allegiance.leader(),
        new ReplicationMessage.Fetch(
            allegiance.epoch(),
            allegiance.self(),
            session,
            allegiance.brokerEpoch(),
            log.latestEpoch().orElse(-1),
            log.logStartOffset(),
            log.logEndOffset(),
            window.bytes(log.logEndOffset())));
    around.tendSoon();
  }

  /** Of another epoch or session it is not heard. */
  boolean hears(ReplicationMessage message) {
    return message.epoch().equals(allegiance.epoch())
        && message.from() == allegiance.leader()
        && message.session() == session;
  }

  /** The leader speaks. */
  void hear(ReplicationMessage message) {
    if (!hears(message)) {
      return;
    }
    patienceMillis = Limits.ASK_MILLIS_MIN;
    heardMillis = around.monotonicMillis();
    if (message instanceof ReplicationMessage.Push push) {
      onPush(push);
    } else if (message instanceof ReplicationMessage.Accepted granted) {
      accepted = true;
      take(granted.marks());
      sayProgress();
    } else if (message instanceof ReplicationMessage.Diverged diverged) {
      Divergence.At at = new Divergence.At(diverged.lastEpoch(), diverged.endOffset());
      cutTo(Divergence.cut(log.epochs(), log.range(), at));
    } else if (message instanceof ReplicationMessage.BeginAt begin) {
      beginAt(begin.offset());
    } else if (message instanceof ReplicationMessage.Closed) {
      ask();
    }
  }

  private void cutTo(long offset) {
    if (accepted) {
      return; // a late copy: the logs agree by now
    }
    warnOfLoss(offset);
    long end = log.truncateTo(offset, around.nowMillis());
    highWatermark = Math.min(highWatermark, end);
    ask();
  }

  private void beginAt(long offset) {
    if (accepted) {
      return;
    }
    if (offset < log.logEndOffset()) {
      warnOfLoss(offset);
    }
    log.truncateFullyAndStartAt(offset, around.nowMillis());
    highWatermark = offset;
    ask();
  }

  private void warnOfLoss(long offset) {
    if (offset < highWatermark) {
      LOG.warn(
          "{} is cut from {} to {}, before its high watermark {}: its leader {} does not have the"
              + " rest",
          log.partition(),
          log.logEndOffset(),
          offset,
          highWatermark,
          allegiance.leader());
    }
  }

  private void onPush(ReplicationMessage.Push push) {
    accepted = true; // its own word may have been lost or overtaken
    Optional<ByteBuffer> batches = parts.whole(push);
    if (batches.isEmpty()) {
      return;
    }
    if (push.fromOffset() > log.logEndOffset()) {
      ask(); // something was lost on the way
      return;
    }
    if (batches.get().hasRemaining() && push.fromOffset() == log.logEndOffset()) {
      window.taken(batches.get().remaining(), log.logEndOffset());
      Optional<FollowerAppend> appended = append(push.fromOffset(), batches.get());
      if (appended.isEmpty()) {
        return;
      }
      FollowerAppend outcome = appended.get();
      if (outcome instanceof FollowerAppend.Damaged damaged) {
        LOG.warn(
            "{}: what leader {} sent for offset {} is damaged: {}",
            log.partition(),
            allegiance.leader(),
            push.fromOffset(),
            damaged.what());
        ask();
        return;
      }
    }
    if (push.marks().logStartOffset() > log.logEndOffset()) {
      ask(); // what would come next has been deleted
      return;
    }
    take(push.marks());
    flusher.flushIfDue();
    sayProgress();
  }

  /**
   * @return empty if the disk has no room: what did not fit is cut off again, and the leader is
   *     asked for it later
   * @throws StorageFailure if the disk refuses for another reason
   */
  private Optional<FollowerAppend> append(long fromOffset, ByteBuffer batches) {
    try {
      FollowerAppend outcome = log.appendAsFollower(fromOffset, batches, around.nowMillis());
      outOfSpace = false;
      return Optional.of(outcome);
    } catch (StorageFailure failure) {
      if (log.hasFailed() || !failure.isForLackOfSpace()) {
        throw failure;
      }
      if (!outOfSpace && !failure.isForeseen()) {
        LOG.error("{} falls behind its leader: {}", log.partition(), failure.getMessage());
      }
      outOfSpace = true;
      pause();
      return Optional.empty();
    }
  }

  /** Hears nothing of this session any more, and opens the next one when the pause is over. */
  private void pause() {
    session++;
    accepted = false;
    askedMillis = around.monotonicMillis();
    patienceMillis = Limits.ASK_MILLIS_MAX;
    around.tendSoon();
  }

  private void take(ReplicationMessage.Marks marks) {
    heardHighWatermark = marks.highWatermark();
    long known = Math.min(marks.highWatermark(), log.logEndOffset());
    if (known > highWatermark) {
      highWatermark = known;
      readership.advanced(view());
    }
    log.advanceLogStartOffset(Math.min(marks.logStartOffset(), highWatermark));
    window.leaderIsAt(marks.highWatermark());
  }

  private void sayProgress() {
    if (accepted) {
      around.send(
          allegiance.leader(),
          new ReplicationMessage.Progress(
              allegiance.epoch(),
              allegiance.self(),
              session,
              allegiance.brokerEpoch(),
              log.logStartOffset(),
              log.logEndOffset(),
              heldOffset(),
              highWatermark,
              window.bytes(log.logEndOffset())));
    }
  }

  private long heldOffset() {
    return commitsOnFlush ? Math.min(log.recoveryPoint(), log.logEndOffset()) : log.logEndOffset();
  }

  /** For a consumer that reads from the nearest replica. */
  void read(Replica.Read read) {
    readership.read(read, view());
  }

  void cancel(Replica.CancelRead cancel) {
    readership.cancel(cancel);
  }

  private Readership.View view() {
    return new Readership.View(allegiance.epoch(), 0, highWatermark);
  }

  /** Over: whoever still waits is told why. */
  void end(Errors why) {
    readership.end(why);
  }

  /** More is on disk now. */
  void flushed() {
    if (commitsOnFlush) {
      sayProgress();
    }
    flusher.flushIfDue();
  }

  /** The leader's replica is gone; it may be back under the same epoch. */
  void lostLeader() {
    ask();
  }

  /** Asks again if nothing was heard. */
  void tend() {
    if (accepted) {
      if (window.hasOpened(log.logEndOffset())) {
        sayProgress();
      }
      if (!inSync) {
        askAfterSilence(Limits.SILENCE_OUT_OF_SYNC_MILLIS_MAX);
        around.tendSoon();
      }
      return;
    }
    if (around.monotonicMillis() - askedMillis >= patienceMillis) {
      patienceMillis = Math.min(2 * patienceMillis, Limits.ASK_MILLIS_MAX);
      ask();
    } else {
      around.tendSoon();
    }
  }

  /** An idle leader says nothing, and neither does one that has lost the session. */
  private void askAfterSilence(long millis) {
    if (accepted && around.monotonicMillis() - heardMillis >= millis) {
      ask();
    }
  }

  void housekeep() {
    askAfterSilence(Limits.SILENCE_MILLIS_MAX);
    flusher.flushIfDue();
    log.applyRetention(highWatermark, around.nowMillis());
    log.distrustAfterAWhile(around.nowMillis());
    log.reap(around.nowMillis());
  }
}
