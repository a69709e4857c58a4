package actors.partition;

import actors.BrokerEpoch;
import actors.InvariantViolation;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.protocol.Errors;

/**
 * A replica that leads: where its log ends, how far its followers are, how much of that is
 * committed, and who should be in sync. One immutable value; each event yields the next.
 *
 * @param terms of its reign
 * @param logStartOffset first offset that readers may ask for
 * @param logEndOffset exclusive
 * @param durableEndOffset exclusive end of what has been forced to disk in this life of the log
 * @param highWatermark exclusive end of what readers see and acks=all may answer for
 * @param inSync the ISR, confirmed and proposed
 * @param followers all other replicas of the partition
 */
record Leader(
    Terms terms,
    long logStartOffset,
    long logEndOffset,
    long durableEndOffset,
    long highWatermark,
    InSync inSync,
    SortedMap<Integer, FollowerProgress> followers) {

  /** A proposal that was not answered is said again after this. */
  static final long REPEAT_MILLIS = 500;

  /** A follower whom the controller found ineligible is not proposed again before. */
  private static final long INELIGIBLE_MILLIS = 1_000;

  Leader {
    if (highWatermark > logEndOffset || durableEndOffset > logEndOffset) {
      throw new InvariantViolation(
          "high watermark %d and durable end %d must not pass the log end %d"
              .formatted(highWatermark, durableEndOffset, logEndOffset));
    }
    if (logStartOffset > highWatermark) {
      throw new InvariantViolation(
          "the log start %d must not pass the high watermark %d"
              .formatted(logStartOffset, highWatermark));
    }
  }

  /**
   * A reign begins. What the log holds was committed by earlier ones as far as the known high
   * watermark goes; the rest is committed anew by the rule of this epoch.
   *
   * @param log the leader's own
   */
  static Leader elected(Terms terms, PartitionImage image, OwnLog log, long nowMillis) {
    SortedMap<Integer, FollowerProgress> followers = new TreeMap<>();
    for (int replica : image.replicas()) {
      if (replica != terms.brokerId()) {
        followers.put(replica, FollowerProgress.unheard(nowMillis));
      }
    }
    return new Leader(
            terms,
            log.startOffset(),
            log.endOffset(),
            Math.min(log.durableEndOffset(), log.endOffset()),
            // Only what was committed is ever deleted.
            Math.min(Math.max(log.highWatermark(), log.startOffset()), log.endOffset()),
            InSync.of(image),
            Collections.unmodifiableSortedMap(followers))
        .advanced();
  }

  /**
   * From where to where the leader's own log goes.
   *
   * @param highWatermark as far as it was known in the epoch before; a lower bound
   */
  record OwnLog(long startOffset, long endOffset, long durableEndOffset, long highWatermark) {}

  LeaderEpoch epoch() {
    return terms.epoch();
  }

  /**
   * The log goes further now. Whoever had all of it until now has all its time to catch up before
   * it, however long nothing was written and it had nothing to say.
   */
  Leader appended(long newLogEndOffset, long nowMillis) {
    if (newLogEndOffset < logEndOffset) {
      throw new InvariantViolation(
          "a leader's log end went back from %d to %d".formatted(logEndOffset, newLogEndOffset));
    }
    return new Leader(
            terms,
            logStartOffset,
            newLogEndOffset,
            durableEndOffset,
            highWatermark,
            inSync,
            caughtUpUntil(nowMillis))
        .advanced();
  }

  private SortedMap<Integer, FollowerProgress> caughtUpUntil(long nowMillis) {
    SortedMap<Integer, FollowerProgress> next = null;
    for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
      FollowerProgress follower = entry.getValue();
      if (follower.heldOffset() >= logEndOffset && follower.caughtUpMillis() < nowMillis) {
        next = next == null ? new TreeMap<>(followers) : next;
        next.put(entry.getKey(), follower.caughtUpAt(nowMillis));
      }
    }
    return next == null ? followers : Collections.unmodifiableSortedMap(next);
  }

  Leader flushed(long flushedEndOffset) {
    long durable = Math.max(durableEndOffset, flushedEndOffset);
    return new Leader(
            terms, logStartOffset, logEndOffset, durable, highWatermark, inSync, followers)
        .advanced();
  }

  /**
   * What a client may have deleted: all before an offset, and nothing that is not committed.
   *
   * @param offset exclusive; {@link Replica.DeleteRecords#HIGH_WATERMARK}: all that is committed
   * @return the offset that the log is to start at, if it does not start later; refused with
   *     OFFSET_OUT_OF_RANGE
   */
  Outcome<Long> startOnceDeletedBefore(long offset) {
    long start = offset == Replica.DeleteRecords.HIGH_WATERMARK ? highWatermark : offset;
    return start < 0 || start > highWatermark
        ? Outcome.refused(
            Errors.OFFSET_OUT_OF_RANGE,
            "offset %d is not between 0 and the high watermark %d",
            start,
            highWatermark)
        : Outcome.accepted(start);
  }

  /** The log starts later now; an offset before its start changes nothing. */
  Leader startingAt(long newLogStartOffset) {
    return newLogStartOffset <= logStartOffset
        ? this
        : new Leader(
            terms,
            newLogStartOffset,
            logEndOffset,
            durableEndOffset,
            highWatermark,
            inSync,
            followers);
  }

  /**
   * The offset before which everything is deleted for good: by the leader, by whoever may lead next
   * without loss, and by every other follower that is there. -1 where one of them was not heard.
   */
  long lowWatermark() {
    long lowest = logStartOffset;
    for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
      FollowerProgress follower = entry.getValue();
      if (follower.isKnown() || inSync.mayLead(entry.getKey())) {
        lowest = Math.min(lowest, follower.startOffset());
      }
    }
    return lowest;
  }

  Leader withRules(Terms.Rules rules) {
    return rules.equals(terms.rules())
        ? this
        : new Leader(
                terms.withRules(rules),
                logStartOffset,
                logEndOffset,
                durableEndOffset,
                highWatermark,
                inSync,
                followers)
            .advanced();
  }

  /**
   * A follower says how far its log goes. One that is not among the replicas changes nothing.
   *
   * @param ends both at or before the leader's log end
   */
  Leader fetched(int follower, BrokerEpoch life, FollowerProgress.LogEnds ends, long nowMillis) {
    FollowerProgress before = followers.get(follower);
    return before == null
        ? this
        : withFollower(follower, before.fetched(life, ends, logEndOffset, nowMillis)).advanced();
  }

  /** A follower's replica is gone: what it holds is not known until it fetches again. */
  Leader lost(int follower) {
    FollowerProgress before = followers.get(follower);
    return before == null ? this : withFollower(follower, before.lost());
  }

  private Leader withFollower(int follower, FollowerProgress progress) {
    SortedMap<Integer, FollowerProgress> next = new TreeMap<>(followers);
    next.put(follower, progress);
    return new Leader(
        terms,
        logStartOffset,
        logEndOffset,
        durableEndOffset,
        highWatermark,
        inSync,
        Collections.unmodifiableSortedMap(next));
  }

  private Leader with(InSync next) {
    return new Leader(
        terms, logStartOffset, logEndOffset, durableEndOffset, highWatermark, next, followers);
  }

  /**
   * The controller has decided something within this epoch; older decisions than the known one
   * change nothing.
   */
  Leader decided(PartitionImage image, long nowMillis) {
    if (image.partitionEpoch() <= inSync.partitionEpoch()) {
      return this;
    }
    SortedMap<Integer, FollowerProgress> next = new TreeMap<>();
    for (int replica : image.replicas()) {
      if (replica != terms.brokerId()) {
        FollowerProgress known = followers.get(replica);
        next.put(replica, known == null ? FollowerProgress.unheard(nowMillis) : known);
      }
    }
    return new Leader(
            terms,
            logStartOffset,
            logEndOffset,
            durableEndOffset,
            highWatermark,
            InSync.of(image),
            Collections.unmodifiableSortedMap(next))
        .advanced();
  }

  /**
   * What to ask the controller for now: the ISR without those who lag for too long and with those
   * who have caught up, or the last request again if it was not answered.
   */
  Optional<IsrProposal> proposal(long nowMillis) {
    if (inSync.outstanding().isPresent()) {
      return inSync
          .outstanding()
          .filter(said -> nowMillis - said.saidMillis() >= REPEAT_MILLIS)
          .map(said -> said.saidAgain(nowMillis));
    }
    SortedMap<Integer, BrokerEpoch> wanted = wantedIsr(nowMillis);
    if (wanted.containsValue(BrokerEpoch.NONE)) {
      return Optional.empty(); // a member has not fetched yet, and has time left to
    }
    return List.copyOf(wanted.keySet()).equals(inSync.confirmed().stream().sorted().toList())
        ? Optional.empty()
        : Optional.of(new IsrProposal(epoch(), inSync.partitionEpoch(), wanted, nowMillis));
  }

  private SortedMap<Integer, BrokerEpoch> wantedIsr(long nowMillis) {
    SortedMap<Integer, BrokerEpoch> wanted = new TreeMap<>();
    wanted.put(terms.brokerId(), terms.brokerEpoch());
    for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
      FollowerProgress follower = entry.getValue();
      boolean member = inSync.confirmed().contains(entry.getKey());
      if (member ? staysInSync(follower, nowMillis) : mayJoin(follower, nowMillis)) {
        wanted.put(entry.getKey(), follower.brokerEpoch());
      }
    }
    return wanted;
  }

  private boolean staysInSync(FollowerProgress follower, long nowMillis) {
    return follower.isInSync(logEndOffset, nowMillis, terms.rules().lagMillisMax());
  }

  /**
   * In this epoch it has fetched up to the high watermark and past the epoch's start: from there on
   * the logs agree. What was deleted it has deleted too, and brings nothing of it back if it is
   * elected. One that would have to leave at once for lagging does not come: while the high
   * watermark stands still it would come and go without end.
   */
  private boolean mayJoin(FollowerProgress follower, long nowMillis) {
    return follower.isKnown()
        && follower.heldOffset() >= highWatermark
        && follower.heldOffset() >= terms.startOffset()
        && follower.startOffset() >= logStartOffset
        && staysInSync(follower, nowMillis)
        && nowMillis >= follower.notBeforeMillis();
  }

  /** A proposal leaves for the controller. */
  Leader proposing(IsrProposal proposal) {
    return with(inSync.proposing(proposal));
  }

  /**
   * The controller found a proposed member ineligible. An earlier copy of the proposal may still be
   * under way and be accepted, so the next one (perhaps for the ISR as it is) makes it stale; until
   * then whoever was proposed counts.
   */
  Leader refusedAsIneligible(int partitionEpoch, long nowMillis) {
    if (partitionEpoch != inSync.partitionEpoch() || inSync.outstanding().isEmpty()) {
      return this;
    }
    Leader next = this;
    for (int candidate : inSync.maybe()) {
      FollowerProgress follower = followers.get(candidate);
      if (follower != null) {
        next = next.withFollower(candidate, follower.notBefore(nowMillis + INELIGIBLE_MILLIS));
      }
    }
    SortedMap<Integer, BrokerEpoch> wanted = next.wantedIsr(nowMillis);
    return wanted.containsValue(BrokerEpoch.NONE)
        ? next
        : next.with(inSync.proposing(new IsrProposal(epoch(), partitionEpoch, wanted, nowMillis)));
  }

  /** Whether acks=all may be promised at all. */
  boolean hasEnoughInSync() {
    return inSync.confirmed().size() >= terms.rules().minInSync();
  }

  /** Whether there is somebody to wait for, or something to ask the controller for. */
  boolean isUnsettled() {
    if (inSync.outstanding().isPresent()) {
      return true;
    }
    for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
      boolean member = inSync.confirmed().contains(entry.getKey());
      FollowerProgress follower = entry.getValue();
      if (member ? follower.heldOffset() < logEndOffset : follower.isKnown()) {
        return true;
      }
    }
    return false;
  }

  /** End of what this replica counts as holding: acks=1 answers up to here. */
  long heldEndOffset() {
    return terms.rules().commitsOnFlush() ? durableEndOffset : logEndOffset;
  }

  /** Stands still while the ISR is too small: what left it meanwhile has all that was committed. */
  private Leader advanced() {
    if (!hasEnoughInSync()) {
      return this;
    }
    long[] heldOffsets = new long[followers.size() + 1];
    int count = 0;
    heldOffsets[count++] = heldEndOffset();
    for (Map.Entry<Integer, FollowerProgress> entry : followers.entrySet()) {
      if (inSync.counts(entry.getKey())) {
        heldOffsets[count++] = entry.getValue().heldOffset();
      }
    }
    long advanced =
        HighWatermark.advance(highWatermark, logEndOffset, Arrays.copyOf(heldOffsets, count));
    return advanced == highWatermark
        ? this
        : new Leader(
            terms, logStartOffset, logEndOffset, durableEndOffset, advanced, inSync, followers);
  }
}
