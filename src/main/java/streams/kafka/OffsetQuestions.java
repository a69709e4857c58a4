package streams.kafka;

import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.ReplicaReply;
import actors.partition.ReplicaReply.OffsetFound;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The questions of one request to many replicas, all under way at once, and the moment when the
 * last is answered or the time is up. Confined to the connection's thread.
 */
final class OffsetQuestions {
  private final Exchange exchange;
  private final Map<Long, Consumer<OffsetFound>> open = new HashMap<>();
  private Runnable whenAnswered;

  OffsetQuestions(Exchange exchange) {
    this.exchange = exchange;
  }

  /**
   * @param answered not called where the replica does not answer in time
   */
  void ask(
      ActorRef<Replica.Command> replica,
      OffsetQuery query,
      int leaderEpoch,
      Consumer<OffsetFound> answered) {
    long correlation = exchange.listen(this::onReply);
    open.put(correlation, answered);
    OptionalInt epoch = leaderEpoch < 0 ? OptionalInt.empty() : OptionalInt.of(leaderEpoch);
    replica.tell(new Replica.FindOffset(correlation, query, epoch, exchange.replies()));
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
    Consumer<OffsetFound> answered = open.remove(reply.correlation());
    if (answered != null && reply instanceof OffsetFound found) {
      exchange.forget(reply.correlation());
      answered.accept(found);
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
