package actors.broker;

import actors.broker.BrokerActor.Command;
import actors.partition.PartitionId;
import actors.partition.Replica;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.PartitionName;

/** How the broker's actor talks to its replicas, and what it hears of them. */
final class ReplicaKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaKeeper.class);

  private static final Duration RESTART_REPLICA = Duration.ofSeconds(1);
  private static final Duration DELETE_TIMEOUT = Duration.ofSeconds(60);

  private final ActorContext<Command> context;
  private final TimerScheduler<Command> timers;
  private final BrokerActor.Wiring wiring;
  private final ActorRef<Replica.Assumed> assumedReply;

  /** A replica is there, or has done as it was told, or has gone offline. */
  record Answered(Replica.Assumed assumed) implements Command {}

  /** A replica has stopped without being told to. */
  record Gone(Reconciliation.Place place, ActorRef<Replica.Command> replica) implements Command {}

  /** The replica of a deleted topic has let go of its directory. */
  record Left(PartitionName name) implements Command {}

  /** To itself: a replica that is not known to run is told again. */
  record StartAgain(Reconciliation.Place place) implements Command {}

  ReplicaKeeper(
      ActorContext<Command> context, TimerScheduler<Command> timers, BrokerActor.Wiring wiring) {
    this.context = context;
    this.timers = timers;
    this.wiring = wiring;
    this.assumedReply = context.messageAdapter(Replica.Assumed.class, Answered::new);
  }

  /** One that is not known to run is told again until it answers. */
  void tell(Reconciliation.Tell<ActorRef<Replica.Command>> order) {
    send(
        order,
        new Replica.Assume(
            order.id(), order.decided(), order.topicConfigs(), order.epoch(), assumedReply));
    if (order.replica().isEmpty()) {
      startAgainLater(order.id());
    }
  }

  void delete(Reconciliation.Delete<ActorRef<Replica.Command>> order) {
    PartitionId id = order.id();
    wiring.replicas().remove(id.topic(), id.partition());
    if (order.replica().isEmpty()) {
      send(order, new Replica.Delete(context.getSystem().ignoreRef()));
      return;
    }
    PartitionName name = new PartitionName(id.topic(), id.partition());
    context.ask(
        Done.class,
        order.replica().get(),
        DELETE_TIMEOUT,
        Replica.Delete::new,
        (done, failure) -> new Left(name));
  }

  private void send(
      Reconciliation.Order<ActorRef<Replica.Command>> order, Replica.Command command) {
    if (order.replica().isPresent()) {
      order.replica().get().tell(command);
    } else {
      wiring.region().tell(order.id(), wiring.settings().brokerId(), command);
    }
  }

  void found(PartitionId id, ActorRef<Replica.Command> replica, boolean isOther) {
    if (isOther) {
      Reconciliation.Place place = Reconciliation.Place.of(id);
      timers.cancel(place);
      context.watchWith(replica, new Gone(place, replica));
    }
    wiring.replicas().put(id.topic(), id.partition(), replica);
  }

  void lost(PartitionId id) {
    LOG.warn("the replica of {} has stopped by itself; it is started again", id);
    wiring.replicas().remove(id.topic(), id.partition());
    startAgainLater(id);
  }

  private void startAgainLater(PartitionId id) {
    Reconciliation.Place place = Reconciliation.Place.of(id);
    timers.startSingleTimer(place, new StartAgain(place), RESTART_REPLICA);
  }

  /** Closes them; answers when their files are closed. */
  void close(List<ActorRef<Replica.Command>> replicas, ActorRef<Done> replyTo) {
    context.spawnAnonymous(AllClosed.create(replicas, replyTo));
  }
}
