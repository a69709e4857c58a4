package actors.controller;

import actors.MemberWatch;
import actors.Outcome;
import actors.config.BrokerConfigs;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReplyBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * Carries the controller's decisions out. Recovered, it takes office with its first fact and leaves
 * every other command waiting until that is durable: a controller that the journal refuses never
 * answers anybody.
 *
 * <p>Whether there should be a controller here is for the singleton manager to say, whether it may
 * write for the journal. So after a refused or failed write it recovers anew, with growing pauses:
 * if the journal was away it goes on, and if another has written meanwhile it begins from that. It
 * does the same when somebody names a newer image than its own ({@link Overtaking}).
 */
final class ControllerBehavior
    extends EventSourcedBehaviorWithEnforcedReplies<
        Controller.Command, MetadataFact, ClusterMetadata> {
  static final PersistenceId PERSISTENCE_ID = PersistenceId.ofUniqueId("controller");

  private static final BackoffSupervisorStrategy RECOVER_ANEW =
      SupervisorStrategy.restartWithBackoff(Duration.ofMillis(100), Duration.ofSeconds(5), 0.2)
          .withStopChildren(false);

  private final ActorContext<Controller.Command> context;
  private final int brokerId;
  private final Randomness randomness;
  private final TopicDecisions topics;
  private final BrokerDecisions brokers;
  private final IsrDecisions isrs;
  private final DamageDecisions damages;
  private final LeaderDecisions leaders;
  private final ReassignmentDecisions reassignments;
  private final BrokerConfigs configs;
  private final TimerScheduler<Controller.Command> timers;
  private final Freight freight;
  private final ImageFeed feed;
  private final Overtaking overtaking = new Overtaking();

  private final GatheredTopics gathered = new GatheredTopics();

  /** Whether the first fact of this reign is durable. */
  private boolean inOffice;

  private ControllerBehavior(
      ActorContext<Controller.Command> context,
      TimerScheduler<Controller.Command> timers,
      MessageCodec codec,
      int brokerId,
      BrokerConfigs brokerConfigs,
      Randomness randomness) {
    super(PERSISTENCE_ID, RECOVER_ANEW);
    this.context = context;
    this.brokerId = brokerId;
    this.randomness = randomness;
    this.topics = new TopicDecisions(brokerConfigs);
    this.brokers = new BrokerDecisions(brokerConfigs);
    this.isrs = new IsrDecisions(brokerConfigs);
    this.damages = new DamageDecisions(brokerConfigs);
    this.leaders = new LeaderDecisions(brokerConfigs);
    this.reassignments = new ReassignmentDecisions(brokerConfigs);
    this.configs = brokerConfigs;
    this.timers = timers;
    this.freight = new Freight(codec);
    this.feed = new ImageFeed(freight, System::nanoTime);
  }

  static Behavior<Controller.Command> create(
      int brokerId, BrokerConfigs brokerConfigs, Randomness randomness) {
    return Behaviors.setup(
        context -> {
          MessageCodec codec = new MessageCodec(ActorRefResolver.get(context.getSystem()));
          return Behaviors.withTimers(
              timers ->
                  Behaviors.intercept(
                      () -> new Intake(codec),
                      Behaviors.supervise(
                              new ControllerBehavior(
                                      context, timers, codec, brokerId, brokerConfigs, randomness)
                                  .<Controller.Command>narrow())
                          .onFailure(Exception.class, RECOVER_ANEW)));
        });
  }

  @Override
  public ClusterMetadata emptyState() {
    return ClusterMetadata.EMPTY;
  }

  @Override
  public EventHandler<ClusterMetadata, MetadataFact> eventHandler() {
    return ClusterMetadata::apply;
  }

  @Override
  public RetentionCriteria retentionCriteria() {
    return RetentionCriteria.snapshotEvery(Limits.FACTS_PER_SNAPSHOT, Limits.SNAPSHOTS_KEPT)
        .withDeleteEventsOnSnapshot();
  }

  @Override
  public SignalHandler<ClusterMetadata> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), image -> onRecovered())
        .build();
  }

  @Override
  public CommandHandlerWithReply<Controller.Command, MetadataFact, ClusterMetadata>
      commandHandler() {
    CommandHandlerWithReplyBuilder<Controller.Command, MetadataFact, ClusterMetadata> builder =
        newCommandHandlerWithReplyBuilder();
    builder
        .forState(image -> !inOffice)
        .onCommand(Controller.TakeOffice.class, (image, command) -> onTakeOffice(image))
        .onAnyCommand(command -> Effect().stash());
    builder
        .forAnyState()
        .onCommand(Controller.TakeOffice.class, command -> Effect().noReply())
        .onCommand(Controller.CreateTopic.class, this::onCreateTopic)
        .onCommand(Controller.CreateGathered.class, this::onCreateGathered)
        .onCommand(Controller.DeleteTopic.class, this::onDeleteTopic)
        .onCommand(Controller.AlterTopicConfig.class, this::onAlterTopicConfig)
        .onCommand(Controller.AlterBrokerConfig.class, this::onAlterBrokerConfig)
        .onCommand(Controller.AddPartitions.class, this::onAddPartitions)
        .onCommand(Controller.RegisterBroker.class, this::onRegisterBroker)
        .onCommand(Controller.BrokerReady.class, this::onBrokerReady)
        .onCommand(Controller.FenceBroker.class, this::onFenceBroker)
        .onCommand(Controller.FenceAbsent.class, this::onFenceAbsent)
        .onCommand(Controller.BrokerLeaving.class, this::onBrokerLeaving)
        .onCommand(Controller.ProposeIsr.class, this::onProposeIsr)
        .onCommand(Controller.ReportDamage.class, this::onReportDamage)
        .onCommand(Controller.ElectLeaders.class, this::onElectLeaders)
        .onCommand(Controller.Balance.class, this::onBalance)
        .onCommand(Controller.AlterReassignments.class, this::onAlterReassignments)
        .onCommand(Controller.AllocateProducerIds.class, this::onAllocateProducerIds)
        .onCommand(Controller.Subscribe.class, this::onSubscribe)
        .onCommand(Controller.SubscriberGone.class, this::onSubscriberGone)
        .onCommand(Controller.Follow.class, this::onFollow)
        .onCommand(Controller.FollowerGone.class, this::onFollowerGone);
    CommandHandlerWithReply<Controller.Command, MetadataFact, ClusterMetadata> decide =
        builder.build();
    return (image, command) -> {
      if (inOffice && overtaking.isShownBy(command, image)) {
        throw new OvertakenException(image.version(), command.namedVersion());
      }
      return decide.apply(image, command);
    };
  }

  /** Thrown to begin anew; what was asked is asked again by whoever did. */
  private static final class OvertakenException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    OvertakenException(long own, long named) {
      super(
          "This controller's image is of version %d, and %d is known elsewhere: another controller has written. It recovers anew."
              .formatted(own, named));
    }
  }

  private void onRecovered() {
    inOffice = false;
    gathered.clear();
    context.getSelf().tell(Controller.TakeOffice.INSTANCE);
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onTakeOffice(ClusterMetadata image) {
    String clusterId =
        image.clusterId().isEmpty() ? randomness.uuid().toString() : image.clusterId();
    MetadataFact elected =
        new MetadataFact.ControllerElected(image.controllerEpoch() + 1, brokerId, clusterId);
    return Effect()
        .persist(elected)
        .thenRun(next -> inOffice(elected, next))
        .thenNoReply()
        .thenUnstashAll();
  }

  private void inOffice(MetadataFact elected, ClusterMetadata image) {
    inOffice = true;
    context.getLog().info("Controller {} in epoch {}.", brokerId, image.controllerEpoch());
    feed.tell(List.of(elected), image);
    if (configs.balancesLeaders()) {
      timers.startTimerWithFixedDelay(
          Controller.Balance.INSTANCE, configs.leaderImbalanceCheckInterval());
    }
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onCreateTopic(
      ClusterMetadata image, Controller.CreateTopic command) {
    gathered.add(command);
    if (gathered.isFull()) {
      return onCreateGathered(image, Controller.CreateGathered.INSTANCE);
    }
    if (gathered.isFirst()) {
      context.getSelf().tell(Controller.CreateGathered.INSTANCE);
    }
    return Effect().noReply();
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onCreateGathered(
      ClusterMetadata image, Controller.CreateGathered command) {
    GatheredTopics.Decided decided =
        GatheredTopics.Decided.of(gathered.take(), image, this::createTopic);
    if (decided.facts().isEmpty()) {
      answer(decided);
      return Effect().noReply();
    }
    return Effect()
        .persist(decided.facts())
        .thenRun(
            next -> {
              announce(decided.facts(), next);
              answer(decided);
            })
        .thenNoReply();
  }

  private Decision<TopicImage> createTopic(ClusterMetadata image, Controller.CreateTopic command) {
    Decision<TopicImage> decision =
        topics.create(image, command.spec(), randomness.uuid(), randomness.placementStart());
    return command.validateOnly() ? decision.onlyValidated() : decision;
  }

  private void answer(GatheredTopics.Decided decided) {
    decided.answers().forEach(answer -> freight.send(answer.replyTo(), answer.outcome()));
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onDeleteTopic(
      ClusterMetadata image, Controller.DeleteTopic command) {
    return carryOut(topics.delete(image, command.name(), command.id()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onAlterTopicConfig(
      ClusterMetadata image, Controller.AlterTopicConfig command) {
    Decision<TopicImage> decision = topics.alterConfig(image, command.topic(), command.changes());
    return carryOut(
        command.validateOnly() ? decision.onlyValidated() : decision, command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onAlterBrokerConfig(
      ClusterMetadata image, Controller.AlterBrokerConfig command) {
    Decision<Controller.Altered> decision =
        BrokerConfigDecisions.alter(image, command.brokerId(), command.changes());
    return carryOut(
        command.validateOnly() ? decision.onlyValidated() : decision, command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onAddPartitions(
      ClusterMetadata image, Controller.AddPartitions command) {
    Decision<TopicImage> decision =
        command.assignments().isEmpty()
            ? topics.addPartitions(
                image, command.topic(), command.newTotal(), randomness.placementStart())
            : topics.addAssigned(image, command.topic(), command.newTotal(), command.assignments());
    return carryOut(
        command.validateOnly() ? decision.onlyValidated() : decision, command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onRegisterBroker(
      ClusterMetadata image, Controller.RegisterBroker command) {
    return carryOut(brokers.register(image, command.registration()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onBrokerReady(
      ClusterMetadata image, Controller.BrokerReady command) {
    return carryOut(brokers.ready(image, command.brokerId(), command.epoch()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onFenceBroker(
      ClusterMetadata image, Controller.FenceBroker command) {
    return carryOut(brokers.fence(image, command.brokerId()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onFenceAbsent(
      ClusterMetadata image, Controller.FenceAbsent command) {
    return carryOut(brokers.fenceAbsent(image, command.present()), context.getSystem().ignoreRef());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onBrokerLeaving(
      ClusterMetadata image, Controller.BrokerLeaving command) {
    return carryOut(brokers.leave(image, command.brokerId(), command.epoch()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onProposeIsr(
      ClusterMetadata image, Controller.ProposeIsr command) {
    return carryOut(isrs.propose(image, command.proposal()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onReportDamage(
      ClusterMetadata image, Controller.ReportDamage command) {
    return carryOut(damages.withdraw(image, command.report()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onElectLeaders(
      ClusterMetadata image, Controller.ElectLeaders command) {
    return carryOut(leaders.elect(image, command.type(), command.partitions()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onBalance(
      ClusterMetadata image, Controller.Balance command) {
    return carryOut(leaders.balance(image), context.getSystem().ignoreRef());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onAlterReassignments(
      ClusterMetadata image, Controller.AlterReassignments command) {
    return carryOut(
        reassignments.alter(image, command.wishes(), command.otherCount()), command.replyTo());
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onAllocateProducerIds(
      ClusterMetadata image, Controller.AllocateProducerIds command) {
    return carryOut(
        ProducerIdDecisions.allocate(image, command.brokerId(), command.epoch()),
        command.replyTo());
  }

  /** Asked for again, the present image is sent again: a lost message is made good so. */
  private ReplyEffect<MetadataFact, ClusterMetadata> onSubscribe(
      ClusterMetadata image, Controller.Subscribe command) {
    if (feed.add(command.subscriber())) {
      MemberWatch.watchWith(
          context, command.subscriber(), new Controller.SubscriberGone(command.subscriber()));
    }
    return Effect().reply(command.subscriber(), new Controller.ImageChanged(image));
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onSubscriberGone(
      ClusterMetadata image, Controller.SubscriberGone command) {
    feed.remove(command.subscriber());
    return Effect().noReply();
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onFollow(
      ClusterMetadata image, Controller.Follow command) {
    if (feed.follow(command.follower())) {
      MemberWatch.watchWith(
          context, command.follower(), new Controller.FollowerGone(command.follower()));
    }
    feed.bringUpToDate(command.follower(), command.version(), image);
    return Effect().noReply();
  }

  private ReplyEffect<MetadataFact, ClusterMetadata> onFollowerGone(
      ClusterMetadata image, Controller.FollowerGone command) {
    feed.forget(command.follower());
    return Effect().noReply();
  }

  /** The answer goes by freight: it may be too long for one frame. */
  private <T> ReplyEffect<MetadataFact, ClusterMetadata> carryOut(
      Decision<T> decision, ActorRef<Outcome<T>> replyTo) {
    if (decision.facts().isEmpty()) {
      freight.send(replyTo, decision.reply());
      return Effect().noReply();
    }
    return Effect()
        .persist(decision.facts())
        .thenRun(
            image -> {
              announce(decision.facts(), image);
              freight.send(replyTo, decision.reply());
            })
        .thenNoReply();
  }

  private void announce(List<MetadataFact> facts, ClusterMetadata image) {
    facts.forEach(fact -> PossibleLoss.in(fact, image).forEach(context.getLog()::warn));
    feed.tell(facts, image);
  }
}
