package actors.broker;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.partition.PartitionId;
import actors.partition.Replica;
import actors.partition.ReplicationMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * This broker's mailbox and timers: passes what comes to {@link BrokerDuties}, and carries out what
 * they order.
 */
final class BrokerActor extends AbstractBehavior<BrokerActor.Command> {
  /** Until the controller answers, the registration and the like are repeated this often. */
  private static final Duration REPEAT = Duration.ofMillis(100);

  private static final Duration SUBSCRIBE_AGAIN = Duration.ofSeconds(5);

  /** As Kafka's {@code log.flush.offset.checkpoint.interval.ms}. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(60);

  /** An image is not held back longer for replicas that take their time to start. */
  private static final Duration PUBLISH_ANYWAY = Duration.ofSeconds(1);

  private static final Duration FENCE_AGAIN = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final Wiring wiring;
  private final ControllerLine controller;
  private final ReplicaKeeper replicas;
  private final BrokerDuties<ActorRef<Replica.Command>> duties;
  private final ProducerIdDesk producerIds;
  private final Departure departure;

  /**
   * What the actor is given by its node.
   *
   * @param epochs where the epoch of this life is noted for the next
   * @param publish makes a new image known to the rest of the broker
   * @param serving completed when the broker leads what it should, or failed if it is refused
   */
  record Wiring(
      NodeSettings settings,
      String clusterId,
      ActorRef<Controller.Command> controller,
      ReplicaRegion region,
      RunningReplicas replicas,
      DataDirectory directory,
      EpochFile epochs,
      Consumer<ClusterMetadata> publish,
      CompletableFuture<String> serving) {}

  /** Its own, and those of the parts that it is made of. */
  interface Command {}

  /**
   * Hand over what this broker leads, as far as others can take it; answered when nothing is left
   * to hand over. May take as long as the others take to catch up.
   */
  record Leave(ActorRef<Done> replyTo) implements Command {}

  /** Close every replica; answered when their files are closed. */
  record Stop(ActorRef<Done> replyTo) implements Command {}

  record NextProducerId(ActorRef<Long> replyTo) implements Command {}

  private enum Tick implements Command {
    REPEAT,
    SUBSCRIBE,
    PUBLISH,
    FENCE,
    CHECKPOINT
  }

  static Behavior<Command> create(Wiring wiring) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new BrokerActor(context, timers, wiring).started()));
  }

  private BrokerActor(
      ActorContext<Command> context, TimerScheduler<Command> timers, Wiring wiring) {
    super(context);
    this.timers = timers;
    this.wiring = wiring;
    this.controller = new ControllerLine(context, wiring);
    this.replicas = new ReplicaKeeper(context, timers, wiring);
    this.duties = new BrokerDuties<>(wiring.settings().brokerId(), new Port());
    this.producerIds = new ProducerIdDesk(timers, controller);
    this.departure = new Departure(timers, controller);
  }

  private BrokerActor started() {
    duties.repeat();
    return this;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ReplicaKeeper.Answered.class, this::onReplicaAnswered)
        .onMessage(ControllerLine.ImageArrived.class, come -> run(() -> duties.shown(come.image())))
        .onMessage(NextProducerId.class, this::onNextProducerId)
        .onMessage(ControllerLine.ProducerIds.class, this::onProducerIds)
        .onMessage(
            ControllerLine.Registered.class,
            answer -> run(() -> duties.registered(answer.attempt(), answer.outcome())))
        .onMessage(
            ControllerLine.ReadyAnswered.class,
            answer -> run(() -> duties.readyAnswered(answer.asked(), answer.outcome())))
        .onMessage(
            ProducerIdDesk.AskAgain.class,
            again -> run(() -> producerIds.askWhileWanted(duties.life().epoch())))
        .onMessage(
            ReplicaKeeper.Gone.class,
            gone -> run(() -> duties.replicaGone(gone.place(), gone.replica())))
        .onMessage(ReplicaKeeper.Left.class, left -> run(() -> duties.left(left.name())))
        .onMessage(
            ReplicaKeeper.StartAgain.class, again -> run(() -> duties.startAgain(again.place())))
        .onMessageEquals(Tick.REPEAT, () -> run(duties::repeat))
        .onMessageEquals(
            Tick.SUBSCRIBE, () -> run(() -> controller.subscribe(duties.life().epoch())))
        .onMessageEquals(Tick.PUBLISH, () -> run(duties::overdue))
        .onMessageEquals(Tick.FENCE, () -> run(duties::fenceItself))
        .onMessageEquals(Tick.CHECKPOINT, () -> run(wiring.directory()::checkpoint))
        .onMessage(Leave.class, this::onLeave)
        .onMessage(
            Departure.SayAgain.class, again -> run(() -> departure.say(duties.life().epoch())))
        .onMessage(ControllerLine.LeavingAnswered.class, this::onLeavingAnswered)
        .onMessage(Stop.class, this::onStop)
        .build();
  }

  private Behavior<Command> run(Runnable work) {
    work.run();
    return this;
  }

  private Behavior<Command> onReplicaAnswered(ReplicaKeeper.Answered message) {
    Replica.Assumed assumed = message.assumed();
    duties.replicaAnswered(assumed.id(), assumed.epoch(), assumed.offline(), assumed.self());
    return this;
  }

  private Behavior<Command> onNextProducerId(NextProducerId request) {
    producerIds.next(duties.life().epoch(), request.replyTo());
    return this;
  }

  private Behavior<Command> onProducerIds(ControllerLine.ProducerIds message) {
    producerIds.allocated(message.outcome());
    if (message.outcome() instanceof Outcome.Refused<Controller.ProducerIdBlock> refused) {
      duties.refused(message.asked(), refused.error());
    }
    return this;
  }

  private Behavior<Command> onLeave(Leave leave) {
    boolean isNobodyElse = duties.image().brokers().size() <= 1;
    if (!duties.life().isRegistered() || isNobodyElse) {
      leave.replyTo().tell(Done.getInstance());
    } else {
      departure.begin(duties.life().epoch(), leave.replyTo());
      duties.leaving(true);
    }
    return this;
  }

  private Behavior<Command> onLeavingAnswered(ControllerLine.LeavingAnswered message) {
    departure.answered(message.outcome());
    duties.leaving(departure.isUnderWay());
    return this;
  }

  private Behavior<Command> onStop(Stop stop) {
    replicas.close(duties.stopAll(), stop.replyTo());
    timers.cancelAll();
    return Behaviors.receive(Command.class).onAnyMessage(any -> Behaviors.same()).build();
  }

  private final class Port implements BrokerPort<ActorRef<Replica.Command>> {
    @Override
    public void register(int attempt) {
      controller.register();
    }

    @Override
    public void subscribe(BrokerEpoch epoch) {
      controller.subscribe(epoch);
    }

    @Override
    public void ready(BrokerEpoch epoch) {
      controller.ready(epoch);
    }

    @Override
    public void fence() {
      controller.fence();
    }

    @Override
    public void repeatSoon() {
      timers.startSingleTimer(Tick.REPEAT, REPEAT);
    }

    @Override
    public void answerTo(BrokerLife life) {
      controller.answerTo(life);
    }

    /** The controller may move, and the subscription stay behind: it is said anew now and then. */
    @Override
    public void begun(BrokerEpoch epoch) {
      wiring.epochs().registered(epoch);
      timers.startTimerWithFixedDelay(Tick.SUBSCRIBE, SUBSCRIBE_AGAIN);
    }

    @Override
    public void refused(String message) {
      wiring.serving().completeExceptionally(new NodeRefused(message));
    }

    /**
     * Topics that were deleted while this broker was away: their files go before another of the
     * name comes.
     */
    @Override
    public void prepare(ClusterMetadata image) {
      wiring.directory().removeStrays(image, wiring.settings().brokerId());
      timers.startTimerWithFixedDelay(Tick.CHECKPOINT, CHECKPOINT);
    }

    @Override
    public void tell(Reconciliation.Tell<ActorRef<Replica.Command>> order) {
      replicas.tell(order);
    }

    @Override
    public void delete(Reconciliation.Delete<ActorRef<Replica.Command>> order) {
      replicas.delete(order);
    }

    @Override
    public void found(PartitionId id, ActorRef<Replica.Command> replica, boolean isOther) {
      replicas.found(id, replica, isOther);
    }

    @Override
    public void lost(PartitionId id) {
      replicas.lost(id);
    }

    @Override
    public void publish(ClusterMetadata image) {
      timers.cancel(Tick.PUBLISH);
      wiring.publish().accept(image);
    }

    @Override
    public void publishLater() {
      timers.startSingleTimer(Tick.PUBLISH, PUBLISH_ANYWAY);
    }

    /** A word of no epoch, which the replica does not hear. */
    @Override
    public void meet(Acquaintances.Meeting meeting) {
      ReplicationMessage word =
          new ReplicationMessage.BeginAt(LeaderEpoch.NONE, wiring.settings().brokerId(), 0, 0);
      Replica.FromPeer wrapped = new Replica.FromPeer(word, getContext().getSystem().ignoreRef());
      wiring.region().tell(meeting.replica(), meeting.brokerId(), wrapped);
    }

    @Override
    public void fenceLater() {
      timers.startSingleTimer(Tick.FENCE, FENCE_AGAIN);
    }

    @Override
    public void serves(String clusterId) {
      wiring.serving().complete(clusterId);
    }
  }
}
