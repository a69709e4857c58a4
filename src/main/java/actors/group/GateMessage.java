package actors.group;

import actors.LeaderEpoch;
import actors.group.GroupEvent.Caller;
import java.util.Optional;
import org.apache.kafka.common.protocol.Message;
import org.apache.pekko.actor.typed.ActorRef;

/** What goes from broker to broker between members of groups and their coordinators. */
sealed interface GateMessage permits GateMessage.Ask, GateMessage.Answered, GroupChanged {
  /** The reign of the coordinator this belongs to; compared before anything else. */
  LeaderEpoch epoch();

  /**
   * A request for the coordinator of the group.
   *
   * @param watcher to be told of changes from now on
   */
  record Ask(
      LeaderEpoch epoch,
      String groupId,
      Caller caller,
      Message request,
      Optional<Watcher> watcher,
      ActorRef<GateMessage> replyTo)
      implements GateMessage {}

  /**
   * What the coordinator answers, or the gate in its place.
   *
   * @param apiVersion of the request
   */
  record Answered(LeaderEpoch epoch, short apiVersion, Message answer) implements GateMessage {}
}
