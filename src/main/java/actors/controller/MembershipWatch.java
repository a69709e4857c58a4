package actors.controller;

import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.GetCurrentState;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * Has brokers fenced that cannot be reached: each as soon as the cluster suspects it, long before
 * it is downed, and at the beginning of a reign all that are not there, since they may have gone
 * while nobody watched. Lives beside the controller. Lifting a fence is for the broker to ask.
 */
final class MembershipWatch {
  private final ActorContext<Message> context;
  private final ActorRef<Controller.Command> controller;

  private MembershipWatch(ActorContext<Message> context, ActorRef<Controller.Command> controller) {
    this.context = context;
    this.controller = controller;
  }

  sealed interface Message {}

  private record Found(ClusterEvent.CurrentClusterState state) implements Message {}

  private record Lost(Member member) implements Message {}

  private record Other() implements Message {}

  static Behavior<Message> create(ActorRef<Controller.Command> controller) {
    return Behaviors.setup(
        context -> {
          MembershipWatch watch = new MembershipWatch(context, controller);
          watch.subscribe();
          return Behaviors.receive(Message.class)
              .onMessage(Found.class, watch::onFound)
              .onMessage(Lost.class, watch::onLost)
              .onMessage(Other.class, other -> Behaviors.same())
              .build();
        });
  }

  private void subscribe() {
    Cluster cluster = Cluster.get(context.getSystem());
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(
                    ClusterEvent.UnreachableMember.class, event -> new Lost(event.member())),
                ClusterEvent.UnreachableMember.class));
    cluster
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(ClusterEvent.MemberEvent.class, MembershipWatch::changed),
                ClusterEvent.MemberEvent.class));
    cluster
        .subscriptions()
        .tell(
            new GetCurrentState(
                context.messageAdapter(ClusterEvent.CurrentClusterState.class, Found::new)));
  }

  private static Message changed(ClusterEvent.MemberEvent event) {
    boolean gone =
        event instanceof ClusterEvent.MemberDowned
            || event instanceof ClusterEvent.MemberExited
            || event instanceof ClusterEvent.MemberRemoved;
    return gone ? new Lost(event.member()) : new Other();
  }

  /** Of a cluster whose members do not say which broker they are nothing can be told. */
  private Behavior<Message> onFound(Found found) {
    Set<String> ownRoles = Cluster.get(context.getSystem()).selfMember().getRoles();
    if (BrokerRole.brokerId(ownRoles).isPresent()) {
      controller.tell(new Controller.FenceAbsent(reachable(found.state())));
    }
    return Behaviors.same();
  }

  private Behavior<Message> onLost(Lost lost) {
    BrokerRole.brokerId(lost.member().getRoles())
        .ifPresent(
            brokerId ->
                controller.tell(
                    new Controller.FenceBroker(brokerId, context.getSystem().ignoreRef())));
    return Behaviors.same();
  }

  private static Set<Integer> reachable(ClusterEvent.CurrentClusterState state) {
    Set<Integer> brokerIds = new TreeSet<>();
    for (Member member : state.getMembers()) {
      if (!state.getUnreachable().contains(member)) {
        BrokerRole.brokerId(member.getRoles()).ifPresent(brokerIds::add);
      }
    }
    return brokerIds;
  }
}
