package actors.partition;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.PartitionImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.AppendResult;
import storage.log.PartitionLog;
import storage.log.ProducerStates;
import storage.log.SequenceVerdict;
import storage.log.StorageFailure;
import storage.record.KeyCheck;

/**
 * What a leader does with its log: one write for all that waits, answers when the {@link Leader}
 * says so. Confined to its replica's actor; it carries out, the leader decides.
 */
final class Reign {
  private static final short ACKS_ALL = -1;

  private static final Logger LOG = LoggerFactory.getLogger(Reign.class);

  private final Surroundings around;
  private final Flusher flusher;
  private final PartitionLog log;
  private final Pushes pushes;
  private final KeyCheck keys = new KeyCheck();
  private final Gathered gathered = new Gathered();
  private final PendingAcks untilCommitted = new PendingAcks();
  private final PendingAcks untilHeld = new PendingAcks();
  private final PendingDeletions untilDeleted = new PendingDeletions();
  private final Readership readership;
  private Leader leader;
  private boolean outOfSpace;

  Reign(Surroundings around, PartitionLog log, Flusher flusher, Leader leader) {
    this.around = around;
    this.flusher = flusher;
    this.log = log;
    this.readership = new Readership(around, log);
    this.leader = leader;
    this.pushes = new Pushes(around, log, leader.terms());
    // What an earlier life wrote and may not have forced: it is committed once it is.
    flusher.flushIfDue();
    tendIfUnsettled();
  }

  long highWatermark() {
    return leader.highWatermark();
  }

  LeaderEpoch epoch() {
    return leader.epoch();
  }

  Leader state() {
    return leader;
  }

  /** The partition as its leader sees it. */
  ReplicaReply.PartitionState describe() {
    return Description.of(
        leader, new Description.Moment(around.nowMillis(), around.monotonicMillis()));
  }

  /** The controller's decision within this epoch, and the topic's settings. */
  void configure(PartitionImage image, Terms.Rules rules) {
    // More replicas may ask for more in sync, and then an ISR that was enough is so no more.
    if (rules.minInSync() > leader.terms().rules().minInSync()) {
      moveTo(leader.withRules(rules));
    }
    decide(image);
    moveTo(leader.withRules(rules));
    flusher.flushIfDue();
    proposeIfWanted();
    tendIfUnsettled();
  }

  private void decide(PartitionImage image) {
    moveTo(leader.decided(image, around.monotonicMillis()));
    pushes.keepOnly(leader.followers().keySet());
    if (!leader.hasEnoughInSync()) {
      untilCommitted.drain(pending -> refuse(pending, Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
    }
  }

  /**
   * Takes a batch in; it is written when the mailbox has no more of them, or at once when enough
   * wait.
   */
  void append(Replica.Append append) {
    if (append.acks() == ACKS_ALL && !leader.hasEnoughInSync()) {
      append
          .replyTo()
          .tell(
              Replies.appendRefused(
                  append,
                  Errors.NOT_ENOUGH_REPLICAS,
                  "%d replicas are in sync, min.insync.replicas asks for %d"
                      .formatted(
                          leader.inSync().confirmed().size(), leader.terms().rules().minInSync())));
      return;
    }
    if (lacksKey(append)) {
      return;
    }
    gathered.add(append);
    if (gathered.isFull()) {
      writeGathered();
    } else if (gathered.isFirst()) {
      around.writeSoon();
    }
  }

  /** Refused here and not only at the edges, since the policy may have changed on the way. */
  private boolean lacksKey(Replica.Append append) {
    if (!log.config().compaction().enabled()) {
      return false;
    }
    OptionalInt without = keys.firstWithout(append.records(), append.records().position());
    without.ifPresent(
        index ->
            append
                .replyTo()
                .tell(
                    Replies.appendRefused(
                        append,
                        Errors.INVALID_RECORD,
                        "record %d of the batch has no key, and the topic is compacted"
                            .formatted(index))));
    return without.isPresent();
  }

  void writeGathered() {
    List<Replica.Append> appends = gathered.take();
    if (appends.isEmpty()) {
      return;
    }
    List<Replica.Append> accepted = new ArrayList<>(appends.size());
    ProducerStates.Gathering sequences = log.producers().gather(log.logEndOffset());
    for (Replica.Append append : appends) {
      SequenceVerdict verdict = sequences.check(append.records(), append.records().position());
      if (verdict instanceof SequenceVerdict.Accept) {
        accepted.add(append);
      } else if (verdict instanceof SequenceVerdict.Duplicate duplicate) {
        answerAt(duplicate.lastOffset() + 1, append, firstCopy(append, duplicate));
      } else {
        append.replyTo().tell(refusal(append, verdict));
      }
    }
    if (accepted.isEmpty()) {
      moveTo(leader); // a duplicate may be answered by what is committed already
    } else {
      write(accepted);
    }
  }

  private ReplicaReply.Appended firstCopy(
      Replica.Append append, SequenceVerdict.Duplicate duplicate) {
    return new ReplicaReply.Appended(
        append.correlation(),
        Errors.NONE,
        duplicate.firstOffset(),
        -1,
        log.logStartOffset(),
        Optional.empty());
  }

  private void write(List<Replica.Append> appends) {
    List<ByteBuffer> batches = new ArrayList<>(appends.size());
    for (Replica.Append append : appends) {
      batches.add(append.records());
    }
    AppendResult result;
    try {
      result = log.append(batches, leader.epoch().value(), now());
    } catch (StorageFailure failure) {
      for (Replica.Append append : appends) {
        append
            .replyTo()
            .tell(Replies.appendRefused(append, Errors.KAFKA_STORAGE_ERROR, failure.getMessage()));
      }
      if (log.hasFailed() || !failure.isForLackOfSpace()) {
        throw failure;
      }
      goOnWithoutSpace(failure);
      return;
    }
    outOfSpace = false;
    for (int i = 0; i < appends.size(); i++) {
      await(appends.get(i), result, i);
    }
    appendedUpTo(log.logEndOffset());
  }

  /** Followers get it while the disk is still busy here. */
  private void appendedUpTo(long end) {
    moveTo(leader.appended(end, around.monotonicMillis()));
    pushes.push(leader);
    flusher.flushIfDue();
    tendIfUnsettled();
  }

  /** What did not fit is cut off again: readers are served, and writers once there is space. */
  private void goOnWithoutSpace(StorageFailure failure) {
    if (!outOfSpace && !failure.isForeseen()) {
      LOG.error("{} takes no more writes for now: {}", log.partition(), failure.getMessage());
    }
    outOfSpace = true;
    long end = log.logEndOffset();
    untilHeld.drainPast(end, pending -> refuse(pending, Errors.KAFKA_STORAGE_ERROR));
    untilCommitted.drainPast(end, pending -> refuse(pending, Errors.KAFKA_STORAGE_ERROR));
    appendedUpTo(end);
  }

  private void await(Replica.Append append, AppendResult result, int index) {
    ReplicaReply.Appended answer =
        new ReplicaReply.Appended(
            append.correlation(),
            Errors.NONE,
            result.firstOffset(index),
            result.logAppendMillis(),
            log.logStartOffset(),
            Optional.empty());
    boolean last = index + 1 == result.count();
    answerAt(last ? result.range().endOffset() : result.firstOffset(index + 1), append, answer);
  }

  /**
   * Answers when the producer's acks allow it: at once, when the batch is held here, or when it is
   * committed.
   */
  private void answerAt(long endOffset, Replica.Append append, ReplicaReply.Appended answer) {
    PendingAcks.Pending pending = new PendingAcks.Pending(endOffset, answer, append.replyTo());
    if (append.acks() == 0) {
      append.replyTo().tell(answer);
    } else if (append.acks() == 1) {
      untilHeld.add(pending);
    } else {
      untilCommitted.add(pending);
    }
  }

  private static ReplicaReply.Appended refusal(Replica.Append append, SequenceVerdict verdict) {
    if (verdict instanceof SequenceVerdict.OutOfOrderSequence gap) {
      return Replies.appendRefused(
          append,
          Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
          "expected sequence %d, got %d".formatted(gap.expected(), gap.received()));
    }
    short current = ((SequenceVerdict.FencedEpoch) verdict).currentEpoch();
    return Replies.appendRefused(
        append,
        Errors.INVALID_PRODUCER_EPOCH,
        "a later instance of the producer, of epoch " + current + ", has written since");
  }

  /** Takes the leader's next state and answers everybody for whom it is good news. */
  private void moveTo(Leader next) {
    boolean more = next.highWatermark() > leader.highWatermark();
    leader = next;
    untilHeld.reached(leader.heldEndOffset());
    untilCommitted.reached(leader.highWatermark());
    if (!untilDeleted.isEmpty()) {
      untilDeleted.reached(leader.lowWatermark());
    }
    if (more) {
      tendIfUnsettled();
      readership.advanced(view());
    }
  }

  void read(Replica.Read read) {
    readership.read(read, view());
  }

  void cancel(Replica.CancelRead cancel) {
    readership.cancel(cancel);
  }

  void findOffset(Replica.FindOffset find) {
    readership.findOffset(find, view());
  }

  /** Readers no longer see it at once; whoever asked is told when no replica brings it back. */
  void deleteRecords(Replica.DeleteRecords delete) {
    Outcome<Long> decision = leader.startOnceDeletedBefore(delete.beforeOffset());
    if (decision instanceof Outcome.Accepted<Long> start) {
      untilDeleted.add(delete, start.value(), around.monotonicMillis());
      log.advanceLogStartOffset(start.value());
      startMoved();
    } else {
      Errors why = ((Outcome.Refused<Long>) decision).error();
      delete.replyTo().tell(Replies.deletionRefused(delete.correlation(), why));
    }
  }

  /** The followers are told with what they are sent next, or when that is not soon. */
  private void startMoved() {
    moveTo(leader.startingAt(log.logStartOffset()));
    tendIfUnsettled();
  }

  private Readership.View view() {
    return new Readership.View(
        leader.epoch(), leader.terms().startOffset(), leader.highWatermark());
  }

  /** Of another epoch, not from a replica, or of an earlier session: it is not heard. */
  boolean hears(ReplicationMessage message) {
    return message.epoch().equals(leader.epoch())
        && leader.followers().containsKey(message.from())
        && pushes.isOfPresent(message);
  }

  /** A follower speaks. */
  void hear(ReplicationMessage message) {
    if (!hears(message)) {
      return;
    }
    if (message instanceof ReplicationMessage.Fetch fetch) {
      onFetch(fetch);
    } else if (message instanceof ReplicationMessage.Progress progress) {
      onProgress(progress);
    }
  }

  private void onFetch(ReplicationMessage.Fetch fetch) {
    if (pushes.open(fetch, leader)) {
      // What it holds durably it says next; until then only that it has the records counts.
      long held =
          leader.terms().rules().commitsOnFlush() ? log.logStartOffset() : fetch.endOffset();
      heard(
          fetch.from(),
          fetch.brokerEpoch(),
          new FollowerProgress.LogEnds(
              fetch.startOffset(), fetch.endOffset(), Math.min(held, fetch.endOffset())));
    }
  }

  private void onProgress(ReplicationMessage.Progress progress) {
    if (pushes.confirm(progress, leader)) {
      heard(
          progress.from(),
          progress.brokerEpoch(),
          new FollowerProgress.LogEnds(
              progress.startOffset(), progress.endOffset(), progress.heldOffset()));
    }
  }

  private void heard(int follower, BrokerEpoch life, FollowerProgress.LogEnds ends) {
    moveTo(leader.fetched(follower, life, ends, around.monotonicMillis()));
    pushes.push(leader);
    proposeIfWanted();
    tendIfUnsettled();
  }

  /** The replica of that broker is gone; its next one opens a session. */
  void lost(int follower) {
    pushes.lost(follower);
    moveTo(leader.lost(follower));
    tendIfUnsettled();
  }

  private void proposeIfWanted() {
    leader
        .proposal(around.monotonicMillis())
        .ifPresent(
            proposal -> {
              leader = leader.proposing(proposal);
              around.propose(proposal);
              around.tendSoon();
            });
  }

  /** The controller has answered a proposal. */
  void proposalAnswered(int partitionEpoch, Outcome<PartitionImage> answer) {
    if (answer instanceof Outcome.Accepted<PartitionImage> accepted) {
      if (accepted.value().leaderEpoch().equals(leader.epoch())) {
        decide(accepted.value());
      }
    } else if (answer instanceof Outcome.Refused<PartitionImage> refused
        && refused.error() == Errors.INELIGIBLE_REPLICA) {
      moveTo(leader.refusedAsIneligible(partitionEpoch, around.monotonicMillis()));
    }
    // Of what is stale the newer image tells; whatever else it was is asked again.
    proposeIfWanted();
    tendIfUnsettled();
  }

  /** Makes good what was lost on the way, and looks who has fallen behind. */
  void tend() {
    pushes.tend(leader);
    proposeIfWanted();
    tendIfUnsettled();
  }

  private void tendIfUnsettled() {
    if (leader.isUnsettled() || pushes.hasNews(leader)) {
      around.tendSoon();
    }
  }

  /** More is on disk now. */
  void flushed() {
    moveTo(leader.flushed(log.recoveryPoint()));
    flusher.flushIfDue();
  }

  void housekeep() {
    flusher.flushIfDue();
    if (log.applyRetention(leader.highWatermark(), now()) > 0) {
      startMoved();
    }
    untilDeleted.expire(around.monotonicMillis());
    log.distrustAfterAWhile(now());
    log.reap(now());
  }

  /** Over: whoever still waits is told why. */
  void end(Errors why) {
    pushes.closeAll();
    String message = "the replica stopped leading before it could answer";
    for (Replica.Append append : gathered.take()) {
      append.replyTo().tell(Replies.appendRefused(append, why, message));
    }
    untilHeld.drain(pending -> refuse(pending, why));
    untilCommitted.drain(pending -> refuse(pending, why));
    untilDeleted.end(why);
    readership.end(why);
  }

  private static void refuse(PendingAcks.Pending pending, Errors why) {
    pending
        .replyTo()
        .tell(
            new ReplicaReply.Appended(
                pending.answer().correlation(),
                why,
                -1,
                -1,
                -1,
                Optional.of("it may be in the log, but it is not known to be committed")));
  }

  private long now() {
    return around.nowMillis();
  }
}
