package actors.partition;

import actors.LeaderEpoch;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import storage.log.Corruption;
import storage.log.FetchRegion;
import storage.log.OffsetOutOfRange;
import storage.log.PartitionLog;
import storage.log.ReadOutcome;

/**
 * Answers those who read a replica, leader or follower (KIP-392): what is there at once, and once
 * more those who wait when there is more. Nobody sees anything past the high watermark.
 */
final class Readership {
  private final Surroundings around;
  private final PartitionLog log;
  private final WaitingReaders readers = new WaitingReaders();

  Readership(Surroundings around, PartitionLog log) {
    this.around = around;
    this.log = log;
  }

  /**
   * What the replica knows at the moment.
   *
   * @param epoch of the reign it leads or follows
   * @param epochStartOffset until the high watermark is here, it may be behind what readers were
   *     shown before (KIP-207)
   */
  record View(LeaderEpoch epoch, long epochStartOffset, long highWatermark) {
    /** Without transactions everything committed is stable. */
    long lastStableOffset() {
      return highWatermark;
    }

    boolean isBehindEarlierReigns() {
      return highWatermark < epochStartOffset;
    }

    /**
     * Compares the epoch that a client believes in (KIP-320).
     *
     * @param believed empty where it does not say
     */
    Errors checkEpoch(OptionalInt believed) {
      if (believed.isEmpty() || believed.getAsInt() == epoch.value()) {
        return Errors.NONE;
      }
      return believed.getAsInt() < epoch.value()
          ? Errors.FENCED_LEADER_EPOCH
          : Errors.UNKNOWN_LEADER_EPOCH;
    }

    private long readableEnd(Replica.Read read) {
      return read.committedOnly() ? lastStableOffset() : highWatermark;
    }
  }

  void read(Replica.Read read, View view) {
    Errors epochError = view.checkEpoch(read.leaderEpoch());
    if (epochError != Errors.NONE) {
      read.replyTo().tell(Replies.readRefused(read.correlation(), epochError));
      return;
    }
    boolean waits = false;
    if (read.waitPast() != Replica.Read.DO_NOT_WAIT && view.readableEnd(read) <= read.waitPast()) {
      waits = isInRange(read.offset()) && readers.add(read);
    }
    answer(read, view, waits);
  }

  void cancel(Replica.CancelRead cancel) {
    readers.remove(cancel.replyTo(), cancel.correlation());
  }

  /** The high watermark has moved: whoever waited for that is told. */
  void advanced(View view) {
    for (Replica.Read read : readers.takeReady(view.highWatermark(), view.lastStableOffset())) {
      answer(read, view, false);
    }
  }

  void findOffset(Replica.FindOffset find, View view) {
    Errors epochError = view.checkEpoch(find.leaderEpoch());
    find.replyTo()
        .tell(
            epochError == Errors.NONE
                ? new OffsetQueries(log, view).answer(find.correlation(), find.query())
                : Replies.offsetRefused(find.correlation(), epochError));
  }

  void end(Errors why) {
    for (Replica.Read read : readers.takeAll()) {
      read.replyTo().tell(Replies.readRefused(read.correlation(), why));
    }
  }

  private boolean isInRange(long offset) {
    return offset >= log.logStartOffset() && offset <= log.logEndOffset();
  }

  private void answer(Replica.Read read, View view, boolean waits) {
    if (!isInRange(read.offset())) {
      read.replyTo().tell(outOfRange(read, view));
      return;
    }
    long readableEnd = view.readableEnd(read);
    if (read.offset() >= readableEnd) {
      read.replyTo().tell(data(read, view, Optional.empty(), waits));
      return;
    }
    ReadOutcome outcome =
        log.read(read.offset(), read.maxBytes(), readableEnd, read.atLeastOneBatch());
    if (outcome instanceof FetchRegion region) {
      read.replyTo()
          .tell(data(read, view, region.isEmpty() ? Optional.empty() : Optional.of(region), waits));
    } else if (outcome instanceof OffsetOutOfRange) {
      read.replyTo().tell(outOfRange(read, view));
    } else {
      Errors error = around.damaged(read.offset(), (Corruption) outcome);
      read.replyTo().tell(Replies.readRefused(read.correlation(), error));
    }
  }

  private ReplicaReply.Data data(
      Replica.Read read, View view, Optional<FetchRegion> region, boolean waits) {
    return new ReplicaReply.Data(
        read.correlation(),
        Errors.NONE,
        region,
        view.highWatermark(),
        view.lastStableOffset(),
        log.logStartOffset(),
        waits);
  }

  private ReplicaReply.Data outOfRange(Replica.Read read, View view) {
    return new ReplicaReply.Data(
        read.correlation(),
        Errors.OFFSET_OUT_OF_RANGE,
        Optional.empty(),
        view.highWatermark(),
        view.lastStableOffset(),
        log.logStartOffset(),
        false);
  }
}
