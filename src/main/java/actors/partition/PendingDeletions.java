package actors.partition;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/**
 * Who waits until what they had deleted is deleted everywhere. Confined to the leader's actor, as
 * long as its reign.
 */
final class PendingDeletions {
  private final List<Pending> waiting = new ArrayList<>();

  /**
   * @param startOffset answered once the low watermark is here
   * @param untilMillis nobody waits for the answer after this; monotonic
   */
  private record Pending(Replica.DeleteRecords order, long startOffset, long untilMillis) {
    void answer(Errors error, long lowWatermark) {
      order
          .replyTo()
          .tell(new ReplicaReply.RecordsDeleted(order.correlation(), error, lowWatermark));
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * @param startOffset where the log is to start
   */
  void add(Replica.DeleteRecords order, long startOffset, long nowMillis) {
    expire(nowMillis);
    Pending pending = new Pending(order, startOffset, nowMillis + order.timeoutMillis());
    if (waiting.size() < Limits.WAITING_DELETIONS_MAX) {
      waiting.add(pending);
    } else {
      pending.answer(Errors.REQUEST_TIMED_OUT, -1);
    }
  }

  /** Answers all whose offset is reached. */
  void reached(long lowWatermark) {
    for (Iterator<Pending> all = waiting.iterator(); all.hasNext(); ) {
      Pending pending = all.next();
      if (pending.startOffset() <= lowWatermark) {
        all.remove();
        pending.answer(Errors.NONE, lowWatermark);
      }
    }
  }

  /** Gives up those who do not wait any more. */
  void expire(long nowMillis) {
    for (Iterator<Pending> all = waiting.iterator(); all.hasNext(); ) {
      Pending pending = all.next();
      if (pending.untilMillis() <= nowMillis) {
        all.remove();
        pending.answer(Errors.REQUEST_TIMED_OUT, -1);
      }
    }
  }

  /** The reign is over, or the disk is lost. */
  void end(Errors why) {
    waiting.forEach(pending -> pending.answer(why, -1));
    waiting.clear();
  }
}
