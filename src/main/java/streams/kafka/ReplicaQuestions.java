package streams.kafka;

import actors.partition.Replica;
import actors.partition.ReplicaReply;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The questions of one request to many replicas, all under way at once, and the moment when the
 * last is answered or the time is up. Confined to the connection's thread.
 *
 * @param <R> what replicas answer to them
 */
final class ReplicaQuestions<R extends ReplicaReply> {
  private final Exchange exchange;
  private final Class<R> replies;
  private final Map<Long, Consumer<R>> open = new HashMap<>();
  private Runnable whenAnswered;

  ReplicaQuestions(Exchange exchange, Class<R> replies) {
    this.exchange = exchange;
    this.replies = replies;
  }

  /**
   * @param question made with the correlation that its answer has to carry
   * @param answered not called where the replica does not answer in time
   */
  void ask(
      ActorRef<Replica.Command> replica,
      LongFunction<Replica.Command> question,
      Consumer<R> answered) {
    long correlation = exchange.listen(this::onReply);
    open.put(correlation, answered);
    replica.tell(question.apply(correlation));
  }

  /** Runs the action once, now if nothing is open. No question may follow. */
  void whenAnswered(Duration atMost, Runnable action) {
    whenAnswered = action;
    if (open.isEmpty()) {
      finish();
    } else {
      exchange.after(atMost.toMillis(), this::giveUp);
    }
  }

  private void onReply(ReplicaReply reply) {
    Consumer<R> answered = open.remove(reply.correlation());
    if (answered != null && replies.isInstance(reply)) {
      exchange.forget(reply.correlation());
      answered.accept(replies.cast(reply));
      if (open.isEmpty()) {
        finish();
      }
    }
  }

  private void giveUp() {
    open.keySet().forEach(exchange::forget);
    open.clear();
    finish();
  }

  /** Lets go of the action, which holds the answer: the timer outlives it. */
  private void finish() {
    Runnable action = whenAnswered;
    whenAnswered = null;
    if (action != null) {
      action.run();
    }
  }
}
