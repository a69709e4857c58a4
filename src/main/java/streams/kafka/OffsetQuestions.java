package streams.kafka;

import actors.partition.OffsetQuery;
import actors.partition.Replica;
import actors.partition.ReplicaReply.OffsetFound;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** The {@link ReplicaQuestions} of one request about offsets. */
final class OffsetQuestions {
  private final Exchange exchange;
  private final ReplicaQuestions<OffsetFound> questions;

  OffsetQuestions(Exchange exchange) {
    this.exchange = exchange;
    this.questions = new ReplicaQuestions<>(exchange, OffsetFound.class);
  }

  /**
   * @param answered not called where the replica does not answer in time
   */
  void ask(
      ActorRef<Replica.Command> replica,
      OffsetQuery query,
      int leaderEpoch,
      Consumer<OffsetFound> answered) {
    OptionalInt epoch = leaderEpoch < 0 ? OptionalInt.empty() : OptionalInt.of(leaderEpoch);
    questions.ask(
        replica,
        correlation -> new Replica.FindOffset(correlation, query, epoch, exchange.replies()),
        answered);
  }

  /** Runs the action once, now if nothing is open. No question may follow. */
  void whenAnswered(Duration atMost, Runnable action) {
    questions.whenAnswered(atMost, action);
  }
}
