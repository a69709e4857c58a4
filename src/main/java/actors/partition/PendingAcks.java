package actors.partition;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Producers waiting for an offset to be passed, in the order of their appends. Two of them per
 * replica: one for the high watermark (acks=all), one for the leader's own durable end (acks=1 with
 * {@code flush=commit}).
 */
final class PendingAcks {
  private final Deque<Pending> queue = new ArrayDeque<>();

  /**
   * @param endOffset exclusive end of the batch; answered once the watched offset reaches it
   */
  record Pending(long endOffset, ReplicaReply.Appended answer, ActorRef<ReplicaReply> replyTo) {}

  void add(Pending pending) {
    queue.add(pending);
  }

  /**
   * Answers all whose end is reached. Ends do not go back within a reign, so the queue is in order.
   */
  void reached(long offset) {
    while (!queue.isEmpty() && queue.peek().endOffset() <= offset) {
      Pending pending = queue.remove();
      pending.replyTo().tell(pending.answer());
    }
  }

  /** Gives every one to the consumer and forgets it: the reign is over, or the disk is lost. */
  void drain(Consumer<Pending> each) {
    while (!queue.isEmpty()) {
      each.accept(queue.remove());
    }
  }

  int size() {
    return queue.size();
  }
}
