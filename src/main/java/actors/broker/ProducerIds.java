package actors.broker;

import actors.controller.Controller.ProducerIdBlock;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Hands out producer ids from the block that the controller gave; those who find it empty wait for
 * the next.
 */
final class ProducerIds {
  /** Askers that wait for a block; one more is not answered and times out. */
  private static final int WAITING_MAX = 10_000;

  private final Deque<ActorRef<Long>> waiting = new ArrayDeque<>();
  private long next;
  private long end;

  /**
   * @return whether a new block must be asked for; those who come after wait for the same one
   */
  boolean ask(ActorRef<Long> replyTo) {
    if (next < end) {
      replyTo.tell(next++);
      return false;
    }
    if (waiting.size() < WAITING_MAX) {
      waiting.add(replyTo);
    }
    return waiting.size() == 1;
  }

  void add(ProducerIdBlock block) {
    next = block.first();
    end = block.first() + block.count();
    while (next < end && !waiting.isEmpty()) {
      waiting.remove().tell(next++);
    }
  }

  boolean isWantedBySomebody() {
    return !waiting.isEmpty();
  }
}
