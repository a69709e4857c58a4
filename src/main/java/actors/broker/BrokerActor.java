package actors.broker;

import actors.BrokerEpoch;
import actors.LeaderEpoch;
import actors.Outcome;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import actors.partition.Replica;
import actors.partition.ReplicationMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.log.PartitionName;

/**
 * This broker's life: registers with the controller, follows the image, and reconciles the replicas
 * that run here with those that should. Says once when the broker serves.
 */
final class BrokerActor extends AbstractBehavior<BrokerActor.Command> {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerActor.class);

  /** Until the controller answers, the registration and the like are repeated this often. */
  private static final Duration REPEAT = Duration.ofMillis(100);

  private static final Duration SUBSCRIBE_AGAIN = Duration.ofSeconds(5);
  private static final Duration RESTART_REPLICA = Duration.ofSeconds(1);

  private static final Duration DELETE_TIMEOUT = Duration.ofSeconds(60);

  /** As Kafka's {@code log.flush.offset.checkpoint.interval.ms}. */
  private static final Duration CHECKPOINT = Duration.ofSeconds(60);

  private static final Duration REPEAT_LEAVING = Duration.ofMillis(200);

  private static final String PUBLISH = "publish";

  /** An image is not held back longer for replicas that take their time to start. */
  private static final Duration PUBLISH_ANYWAY = Duration.ofSeconds(1);

  private static final LeaderEpoch UNANSWERED = new LeaderEpoch(Integer.MIN_VALUE);

  private static final Duration FENCE_AGAIN = Duration.ofSeconds(1);

  private static final Duration REPEAT_PRODUCER_IDS = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final Wiring wiring;
  private final Uuid incarnation = Uuid.randomUuid();
  private final Map<Place, Running> running = new HashMap<>();
  private final Set<PartitionName> leaving = new HashSet<>();
  private final ProducerIds producerIds = new ProducerIds();
  private final ActorRef<Outcome<Controller.Registration>> registrationReply;
  private final ActorRef<Outcome<BrokerEpoch>> readyReply;
  private final ActorRef<Outcome<Controller.ProducerIdBlock>> producerIdReply;
  private final ActorRef<Outcome<Integer>> leavingReply;
  private final ActorRef<Replica.Assumed> assumedReply;
  private final ActorRef<Controller.ImageChanged> images;
  private BrokerEpoch epoch = BrokerEpoch.NONE;
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private Optional<ActorRef<Done>> leaveReply = Optional.empty();
  private boolean readySaid;
  private boolean straysRemoved;
  private boolean diskFailed;

  /** Other brokers' lives in which their whereabouts were asked for. */
  private final Map<Integer, BrokerEpoch> met = new HashMap<>();

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

  sealed interface Command {}

  /**
   * Hand over what this broker leads, as far as others can take it; answered when nothing is left
   * to hand over. May take as long as the others take to catch up.
   */
  record Leave(ActorRef<Done> replyTo) implements Command {}

  /** Close every replica; answered when their files are closed. */
  record Stop(ActorRef<Done> replyTo) implements Command {}

  record NextProducerId(ActorRef<Long> replyTo) implements Command {}

  private record Repeat() implements Command {}

  private record AskForProducerIds() implements Command {}

  private record Registered(Outcome<Controller.Registration> outcome) implements Command {}

  private record ImageArrived(ClusterMetadata image) implements Command {}

  private record ReplicaAssumed(Replica.Assumed assumed) implements Command {}

  private record ReadyAnswered(Outcome<BrokerEpoch> outcome) implements Command {}

  private record ProducerIdsAllocated(Outcome<Controller.ProducerIdBlock> outcome)
      implements Command {}

  /** A replica has stopped without being told to. */
  private record ReplicaGone(Place place, ActorRef<Replica.Command> replica) implements Command {}

  /** The replica of a deleted topic has let go of its directory. */
  private record DirectoryLeft(PartitionName name) implements Command {}

  private record StartAgain(Place place) implements Command {}

  private record LeavingAnswered(Outcome<Integer> outcome) implements Command {}

  private record SayLeaving() implements Command {}

  private record Checkpoint() implements Command {}

  private record FenceAgain() implements Command {}

  private record Publish() implements Command {}

  private record SubscribeAgain() implements Command {}

  private record Place(Uuid topicId, int partition) {}

  /** A replica that was told to run; its reference is there once it has answered. */
  private static final class Running {
    private final PartitionId id;
    private PartitionImage asked;
    private Map<String, String> askedConfigs;
    private LeaderEpoch assumed = UNANSWERED;
    private Optional<ActorRef<Replica.Command>> replica = Optional.empty();

    Running(PartitionId id, TopicImage topic, PartitionImage asked) {
      this.id = id;
      this.asked = asked;
      this.askedConfigs = topic.configs();
    }

    /** Ever, since it was first told to run. */
    boolean hasAnswered() {
      return !assumed.equals(UNANSWERED);
    }
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
    this.registrationReply = adapter(context, Registered::new);
    this.readyReply = adapter(context, ReadyAnswered::new);
    this.producerIdReply = adapter(context, ProducerIdsAllocated::new);
    this.leavingReply = adapter(context, LeavingAnswered::new);
    this.images =
        context.messageAdapter(
            Controller.ImageChanged.class, changed -> new ImageArrived(changed.image()));
    this.assumedReply = context.messageAdapter(Replica.Assumed.class, ReplicaAssumed::new);
  }

  /**
   * Message adapters are found by class, which an {@code Outcome} of two types would share; hence
   * an actor each.
   */
  private static <T> ActorRef<Outcome<T>> adapter(
      ActorContext<Command> context, java.util.function.Function<Outcome<T>, Command> wrap) {
    ActorRef<Command> self = context.getSelf();
    return context.spawnAnonymous(
        Behaviors.receiveMessage(
            outcome -> {
              self.tell(wrap.apply(outcome));
              return Behaviors.same();
            }));
  }

  private BrokerActor started() {
    repeat();
    return this;
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ReplicaAssumed.class, this::onAssumed)
        .onMessage(ImageArrived.class, this::onImage)
        .onMessage(NextProducerId.class, this::onNextProducerId)
        .onMessage(ProducerIdsAllocated.class, this::onProducerIds)
        .onMessage(Registered.class, this::onRegistered)
        .onMessage(ReadyAnswered.class, this::onReadyAnswered)
        .onMessage(AskForProducerIds.class, again -> askForProducerIds())
        .onMessage(Repeat.class, repeat -> repeat())
        .onMessage(ReplicaGone.class, this::onReplicaGone)
        .onMessage(DirectoryLeft.class, this::onDirectoryLeft)
        .onMessage(StartAgain.class, this::onStartAgain)
        .onMessage(SubscribeAgain.class, again -> subscribe())
        .onMessage(Publish.class, publish -> onPublish())
        .onMessage(FenceAgain.class, again -> onFenceAgain())
        .onMessage(Checkpoint.class, tick -> checkpoint())
        .onMessage(Leave.class, this::onLeave)
        .onMessage(SayLeaving.class, again -> sayLeaving())
        .onMessage(LeavingAnswered.class, this::onLeavingAnswered)
        .onMessage(Stop.class, this::onStop)
        .build();
  }

  /**
   * Says again what has not been answered yet: the controller may have moved, or not be there yet.
   */
  private Behavior<Command> repeat() {
    boolean more = true;
    if (epoch.equals(BrokerEpoch.NONE)) {
      register();
    } else if (image.version() == 0) {
      subscribe();
    } else if (!readySaid && allAnswered()) {
      wiring
          .controller()
          .tell(new Controller.BrokerReady(wiring.settings().brokerId(), epoch, readyReply));
    } else {
      more = !readySaid;
    }
    if (more) {
      timers.startSingleTimer("repeat", new Repeat(), REPEAT);
    }
    return this;
  }

  private void register() {
    NodeSettings settings = wiring.settings();
    wiring
        .controller()
        .tell(
            new Controller.RegisterBroker(
                settings.brokerId(),
                incarnation,
                wiring.clusterId(),
                settings.advertisedHost(),
                settings.kafkaPort(),
                settings.rack(),
                wiring.epochs().whole(),
                registrationReply));
  }

  private Behavior<Command> onRegistered(Registered message) {
    if (!epoch.equals(BrokerEpoch.NONE)) {
      return this;
    }
    if (message.outcome() instanceof Outcome.Accepted<Controller.Registration> accepted) {
      epoch = accepted.value().epoch();
      wiring.epochs().registered(epoch);
      subscribe();
      timers.startTimerWithFixedDelay(new SubscribeAgain(), SUBSCRIBE_AGAIN);
    } else if (message.outcome() instanceof Outcome.Refused<Controller.Registration> refused) {
      LOG.error("the controller refuses this broker: {}", refused.message());
      wiring.serving().completeExceptionally(new NodeRefused(refused.message()));
    }
    return this;
  }

  /**
   * The controller may have moved, and the subscription stayed behind: it is said anew now and
   * then.
   */
  private Behavior<Command> subscribe() {
    wiring.controller().tell(new Controller.Subscribe(images));
    return this;
  }

  /** Fenced while alive (a pause, a cut): nobody else lifts the fence. */
  private void askToServeAgain() {
    BrokerImage self = image.brokers().get(wiring.settings().brokerId());
    if (readySaid
        && !diskFailed
        && leaveReply.isEmpty()
        && self != null
        && self.fenced()
        && self.epoch().equals(epoch)) {
      readySaid = false;
      repeat();
    }
  }

  private Behavior<Command> onImage(ImageArrived message) {
    // One from before this registration would make it lead epochs of its former life again.
    if (message.image().version() < Math.max(image.version(), epoch.value())) {
      return this;
    }
    image = message.image();
    removeStraysOnce();
    stopWhatIsGone();
    image.topics().values().forEach(this::reconcile);
    publishOnceStarted();
    meetOthers();
    askToServeAgain();
    if (!readySaid && allAnswered()) {
      repeat();
    }
    sayServing();
    return this;
  }

  /**
   * Makes the image known when every replica of it that is new here can be found: whoever learns of
   * a partition writes to it at once, and of several batches under way the first must not be the
   * one that comes too early.
   */
  private void publishOnceStarted() {
    boolean starting = running.values().stream().anyMatch(known -> !known.hasAnswered());
    if (starting) {
      if (!timers.isTimerActive(PUBLISH)) {
        timers.startSingleTimer(PUBLISH, new Publish(), PUBLISH_ANYWAY);
      }
      return;
    }
    timers.cancel(PUBLISH);
    wiring.publish().accept(image);
  }

  private Behavior<Command> onPublish() {
    wiring.publish().accept(image);
    return this;
  }

  /**
   * Has the region find out where each other broker's replicas are, before that is wanted: whom it
   * has not asked for yet it could not find while the cluster is without the one that knows.
   */
  private void meetOthers() {
    for (BrokerImage broker : image.brokers().values()) {
      if (broker.id() != wiring.settings().brokerId()
          && !broker.fenced()
          && !broker.epoch().equals(met.get(broker.id()))) {
        replicaOn(broker.id()).ifPresent(replica -> meet(broker, replica));
      }
    }
  }

  /** A word of no epoch, which the replica does not hear. */
  private void meet(BrokerImage broker, PartitionId replica) {
    met.put(broker.id(), broker.epoch());
    ReplicationMessage word =
        new ReplicationMessage.BeginAt(LeaderEpoch.NONE, wiring.settings().brokerId(), 0, 0);
    wiring
        .region()
        .tell(
            replica, broker.id(), new Replica.FromPeer(word, getContext().getSystem().ignoreRef()));
  }

  private Optional<PartitionId> replicaOn(int brokerId) {
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.replicas().contains(brokerId)) {
          return Optional.of(new PartitionId(topic.id(), topic.name(), partition.partition()));
        }
      }
    }
    return Optional.empty();
  }

  private void reconcile(TopicImage topic) {
    for (PartitionImage partition : topic.partitions()) {
      if (partition.replicas().contains(wiring.settings().brokerId())) {
        reconcile(topic, partition);
      }
    }
  }

  private void reconcile(TopicImage topic, PartitionImage partition) {
    if (leaving.contains(new PartitionName(topic.name(), partition.partition()))) {
      return; // the deleted topic of the same name still holds the directory
    }
    Place place = new Place(topic.id(), partition.partition());
    Running known = running.get(place);
    if (known != null
        && known.asked.equals(partition)
        && known.askedConfigs.equals(topic.configs())) {
      return;
    }
    if (known == null) {
      known =
          new Running(
              new PartitionId(topic.id(), topic.name(), partition.partition()), topic, partition);
      running.put(place, known);
    }
    known.asked = partition;
    known.askedConfigs = topic.configs();
    tellDecision(place, known);
  }

  /** A replica that is not known to run is told again until it answers. */
  private void tellDecision(Place place, Running known) {
    tell(known, new Replica.Assume(known.id, known.asked, known.askedConfigs, epoch, assumedReply));
    if (known.replica.isEmpty()) {
      timers.startSingleTimer(place, new StartAgain(place), RESTART_REPLICA);
    }
  }

  private void tell(Running known, Replica.Command command) {
    if (known.replica.isPresent()) {
      known.replica.get().tell(command);
    } else {
      wiring.region().tell(known.id, wiring.settings().brokerId(), command);
    }
  }

  private void stopWhatIsGone() {
    for (Iterator<Running> all = running.values().iterator(); all.hasNext(); ) {
      Running known = all.next();
      if (!belongsHere(known.id)) {
        wiring.replicas().remove(known.id.topic(), known.id.partition());
        delete(known);
        all.remove();
      }
    }
  }

  /** The topic is there, and this broker is among its partition's replicas. */
  private boolean belongsHere(PartitionId id) {
    return image
        .topic(id.topicId())
        .filter(topic -> id.partition() < topic.partitions().size())
        .map(topic -> topic.partitions().get(id.partition()).replicas())
        .filter(replicas -> replicas.contains(wiring.settings().brokerId()))
        .isPresent();
  }

  private void delete(Running known) {
    if (known.replica.isEmpty()) {
      tell(known, new Replica.Delete(getContext().getSystem().ignoreRef()));
      return;
    }
    PartitionName name = new PartitionName(known.id.topic(), known.id.partition());
    leaving.add(name);
    getContext()
        .ask(
            Done.class,
            known.replica.get(),
            DELETE_TIMEOUT,
            Replica.Delete::new,
            (done, failure) -> new DirectoryLeft(name));
  }

  private Behavior<Command> onDirectoryLeft(DirectoryLeft left) {
    leaving.remove(left.name());
    image.topic(left.name().topic()).ifPresent(this::reconcile);
    return this;
  }

  private Behavior<Command> onAssumed(ReplicaAssumed message) {
    Replica.Assumed assumed = message.assumed();
    Running known = running.get(new Place(assumed.id().topicId(), assumed.id().partition()));
    if (known != null) {
      if (assumed.offline()) {
        giveUpLeading(assumed.id());
      }
      boolean isNew = !known.hasAnswered();
      known.assumed = assumed.epoch();
      watch(known, assumed.self());
      wiring.replicas().put(known.id.topic(), known.id.partition(), assumed.self());
      if (isNew) {
        publishOnceStarted();
      }
      if (!readySaid && allAnswered()) {
        repeat();
      }
      sayServing();
    }
    return this;
  }

  /**
   * The data directory cannot be trusted any more: where there are others, they lead and count from
   * now on, and this broker is fenced for the rest of its life.
   */
  private void giveUpLeading(PartitionId failed) {
    boolean alone = image.brokers().keySet().stream().filter(image::isLive).count() < 2;
    if (!diskFailed && !alone) {
      LOG.error(
          "the disk has failed under {}: this broker gives up what it leads until it is restarted",
          failed);
      diskFailed = true;
      fenceItself();
    }
  }

  private Behavior<Command> onFenceAgain() {
    fenceItself();
    return this;
  }

  private void fenceItself() {
    if (diskFailed && image.isLive(wiring.settings().brokerId())) {
      wiring
          .controller()
          .tell(
              new Controller.FenceBroker(
                  wiring.settings().brokerId(), getContext().getSystem().ignoreRef()));
      timers.startSingleTimer("fence", new FenceAgain(), FENCE_AGAIN);
    }
  }

  private void watch(Running known, ActorRef<Replica.Command> replica) {
    if (known.replica.filter(replica::equals).isEmpty()) {
      Place place = new Place(known.id.topicId(), known.id.partition());
      timers.cancel(place);
      getContext().watchWith(replica, new ReplicaGone(place, replica));
      known.replica = Optional.of(replica);
    }
  }

  private Behavior<Command> onReplicaGone(ReplicaGone gone) {
    Running known = running.get(gone.place());
    if (known != null && known.replica.filter(gone.replica()::equals).isPresent()) {
      LOG.warn("the replica of {} has stopped by itself; it is started again", known.id);
      known.replica = Optional.empty();
      known.assumed = LeaderEpoch.NONE;
      wiring.replicas().remove(known.id.topic(), known.id.partition());
      timers.startSingleTimer(gone.place(), new StartAgain(gone.place()), RESTART_REPLICA);
    }
    return this;
  }

  private Behavior<Command> onStartAgain(StartAgain again) {
    Running known = running.get(again.place());
    if (known != null && known.replica.isEmpty()) {
      tellDecision(again.place(), known);
    }
    return this;
  }

  /**
   * Topics that were deleted while this broker was away: their files go before another of the name
   * comes.
   */
  private void removeStraysOnce() {
    if (!straysRemoved) {
      straysRemoved = true;
      wiring.directory().removeStrays(image, wiring.settings().brokerId());
      timers.startTimerWithFixedDelay(new Checkpoint(), CHECKPOINT);
    }
  }

  private Behavior<Command> checkpoint() {
    wiring.directory().checkpoint();
    return this;
  }

  private boolean allAnswered() {
    return image.version() > 0
        && running.values().stream().allMatch(known -> known.replica.isPresent());
  }

  private Behavior<Command> onReadyAnswered(ReadyAnswered message) {
    if (message.outcome() instanceof Outcome.Accepted<BrokerEpoch>) {
      readySaid = true;
      timers.cancel("repeat");
      sayServing();
    } else if (message.outcome() instanceof Outcome.Refused<BrokerEpoch> refused) {
      LOG.warn("the controller does not lift this broker's fence: {}", refused.message());
    }
    return this;
  }

  /** The broker serves once it leads, in the right epochs, all that the image says it leads. */
  private void sayServing() {
    if (readySaid
        && !wiring.serving().isDone()
        && running.values().stream().allMatch(BrokerActor::inStep)) {
      wiring.serving().complete(image.clusterId());
    }
  }

  private static boolean inStep(Running known) {
    return known.replica.isPresent() && known.assumed.equals(known.asked.leaderEpoch());
  }

  private Behavior<Command> onNextProducerId(NextProducerId request) {
    if (producerIds.ask(request.replyTo())) {
      askForProducerIds();
    }
    return this;
  }

  /** Asks, and asks again while somebody waits: the controller may have been away. */
  private Behavior<Command> askForProducerIds() {
    if (producerIds.isWantedBySomebody()) {
      wiring
          .controller()
          .tell(
              new Controller.AllocateProducerIds(
                  wiring.settings().brokerId(), epoch, producerIdReply));
      timers.startSingleTimer("producer-ids", new AskForProducerIds(), REPEAT_PRODUCER_IDS);
    }
    return this;
  }

  private Behavior<Command> onProducerIds(ProducerIdsAllocated message) {
    if (message.outcome() instanceof Outcome.Accepted<Controller.ProducerIdBlock> accepted) {
      producerIds.add(accepted.value());
    } else if (message.outcome() instanceof Outcome.Refused<Controller.ProducerIdBlock> refused) {
      LOG.warn("the controller gives no producer ids yet: {}", refused.message());
    }
    return this;
  }

  private Behavior<Command> onLeave(Leave leave) {
    boolean isNobodyElse = image.brokers().size() <= 1;
    if (epoch.equals(BrokerEpoch.NONE) || isNobodyElse) {
      leave.replyTo().tell(Done.getInstance());
      return this;
    }
    leaveReply = Optional.of(leave.replyTo());
    return sayLeaving();
  }

  private Behavior<Command> sayLeaving() {
    wiring
        .controller()
        .tell(new Controller.BrokerLeaving(wiring.settings().brokerId(), epoch, leavingReply));
    timers.startSingleTimer("leaving", new SayLeaving(), REPEAT_LEAVING);
    return this;
  }

  private Behavior<Command> onLeavingAnswered(LeavingAnswered message) {
    boolean goesOn =
        message.outcome() instanceof Outcome.Accepted<Integer> accepted && accepted.value() > 0;
    if (!goesOn) {
      timers.cancel("leaving");
      leaveReply.ifPresent(asker -> asker.tell(Done.getInstance()));
      leaveReply = Optional.empty();
    }
    return this;
  }

  private Behavior<Command> onStop(Stop stop) {
    getContext()
        .spawnAnonymous(
            AllClosed.create(
                running.values().stream().flatMap(known -> known.replica.stream()).toList(),
                stop.replyTo()));
    running.clear();
    timers.cancelAll();
    return Behaviors.receive(Command.class).onAnyMessage(any -> Behaviors.same()).build();
  }
}
