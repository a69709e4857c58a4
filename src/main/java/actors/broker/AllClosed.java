package actors.broker;

import actors.partition.Replica;
import java.util.List;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Closes replicas and says when the last one is closed. */
final class AllClosed {
  private AllClosed() {}

  static Behavior<Done> create(List<ActorRef<Replica.Command>> replicas, ActorRef<Done> replyTo) {
    return Behaviors.setup(
        context -> {
          replicas.forEach(replica -> replica.tell(new Replica.Close(context.getSelf())));
          return waiting(replicas.size(), replyTo);
        });
  }

  private static Behavior<Done> waiting(int open, ActorRef<Done> replyTo) {
    if (open == 0) {
      replyTo.tell(Done.getInstance());
      return Behaviors.stopped();
    }
    return Behaviors.receiveMessage(closed -> waiting(open - 1, replyTo));
  }
}
