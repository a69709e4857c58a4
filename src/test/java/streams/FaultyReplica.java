package streams;

import actors.partition.Replica;
import actors.partition.Replica.Append;
import actors.partition.ReplicaReply.Appended;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/** A leader over a {@link ModelLog} that appends and does not answer, or refuses, now and then. */
final class FaultyReplica extends AbstractBehavior<Replica.Command> {
  private final ModelLog log;
  private final Random random;
  private final int faultsPerHundred;
  private final Runnable onAppend;

  private FaultyReplica(
      ActorContext<Replica.Command> context,
      ModelLog log,
      Random random,
      int faultsPerHundred,
      Runnable onAppend) {
    super(context);
    this.log = log;
    this.random = random;
    this.faultsPerHundred = faultsPerHundred;
    this.onAppend = onAppend;
  }

  /**
   * @param onAppend told after each append, before the answer
   */
  static Behavior<Replica.Command> over(
      ModelLog log, long seed, int faultsPerHundred, Runnable onAppend) {
    return Behaviors.setup(
        context -> new FaultyReplica(context, log, new Random(seed), faultsPerHundred, onAppend));
  }

  @Override
  public Receive<Replica.Command> createReceive() {
    return newReceiveBuilder().onMessage(Append.class, this::onAppend).build();
  }

  private Behavior<Replica.Command> onAppend(Append append) {
    if (random.nextInt(100) >= faultsPerHundred) {
      ModelLog.Answer answer = log.append(append.records());
      onAppend.run();
      answer(append, answer.error(), answer.baseOffset());
    } else if (random.nextBoolean()) {
      log.append(append.records());
    } else {
      answer(append, Errors.NOT_LEADER_OR_FOLLOWER, -1);
    }
    return this;
  }

  static void answer(Append append, Errors error, long baseOffset) {
    append
        .replyTo()
        .tell(new Appended(append.correlation(), error, baseOffset, -1, 0, Optional.empty()));
  }
}
