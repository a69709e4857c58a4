package actors.group;

import actors.LeaderEpoch;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.group.offsets.OffsetSettings;
import actors.partition.Replica;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Has a {@link PartitionCoordinator} for each partition of {@code __consumer_offsets} that this
 * broker leads, one for each reign: it follows the image, and starts anew what has stopped though
 * its reign goes on.
 */
final class GroupCoordinators extends AbstractBehavior<GroupCoordinators.Command> {
  private final TimerScheduler<Command> timers;
  private final GroupsOfBroker.Broker broker;
  private final CoordinatorDesks desks;
  private final Map<Integer, Running> running = new HashMap<>();
  private ClusterMetadata image = ClusterMetadata.EMPTY;
  private final Situations situations;
  private ImageTopics topics = ImageTopics.of(ClusterMetadata.EMPTY);

  sealed interface Command {}

  /** The broker knows a newer image. */
  record ImageChanged(ClusterMetadata image) implements Command {}

  private record Ended(int partition, Reign reign) implements Command {}

  private record Reconcile() implements Command {}

  /** What a coordinator is for; another topic of the same name is another reign. */
  private record Reign(Uuid topicId, LeaderEpoch epoch, ActorRef<Replica.Command> replica) {}

  private record Running(Reign reign, ActorRef<PartitionCoordinator.Command> coordinator) {}

  private GroupCoordinators(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      GroupsOfBroker.Broker broker,
      CoordinatorDesks desks) {
    super(context);
    this.timers = timers;
    this.broker = broker;
    this.desks = desks;
    this.situations =
        new Situations(
            broker.nowMillis(),
            GroupSettings.of(broker.configs()),
            desks::topics,
            () -> Uuid.randomUuid().toString());
  }

  static Behavior<Command> create(GroupsOfBroker.Broker broker, CoordinatorDesks desks) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new GroupCoordinators(context, timers, broker, desks)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(ImageChanged.class, this::onImageChanged)
        .onMessage(Ended.class, this::onEnded)
        .onMessage(Reconcile.class, this::onReconcile)
        .build();
  }

  private Behavior<Command> onImageChanged(ImageChanged changed) {
    image = changed.image();
    ImageTopics before = topics;
    topics = before.next(image);
    desks.follow(topics, shape());
    if (topics.version() != before.version()) {
      ImageTopics now = topics;
      PartitionCoordinator.TopicsChanged told =
          new PartitionCoordinator.TopicsChanged(name -> now.hasLost(name, before));
      running.values().forEach(known -> known.coordinator().tell(told));
    }
    reconcile();
    return this;
  }

  private Behavior<Command> onReconcile(Reconcile again) {
    reconcile();
    return this;
  }

  private void reconcile() {
    Optional<TopicImage> topic = image.topic(OffsetsTopic.NAME);
    int count = topic.map(known -> known.partitions().size()).orElse(0);
    for (int partition : List.copyOf(running.keySet())) {
      if (!running.get(partition).reign().equals(wanted(topic, partition).orElse(null))) {
        end(partition);
      }
    }
    for (int partition = 0; partition < count; partition++) {
      Optional<Reign> reign = wanted(topic, partition);
      if (reign.isPresent() && !running.containsKey(partition)) {
        begin(partition, reign.get());
      }
    }
  }

  private Optional<Reign> wanted(Optional<TopicImage> topic, int partition) {
    if (topic.isEmpty() || partition >= topic.get().partitions().size()) {
      return Optional.empty();
    }
    PartitionImage known = topic.get().partitions().get(partition);
    if (known.leader() != broker.brokerId()) {
      return Optional.empty();
    }
    Optional<ActorRef<Replica.Command>> replica = broker.replicas().apply(partition);
    if (replica.isEmpty()) {
      lookAgainSoon(); // it is being started
    }
    return replica.map(here -> new Reign(topic.get().id(), known.leaderEpoch(), here));
  }

  private void begin(int partition, Reign reign) {
    GroupLog log =
        new GroupLog(
            reign.epoch(),
            reign.replica(),
            () -> desks.shape().batchBytesMax(),
            broker.nowMillis());
    CoordinatorDesks.Desk desk = desks.open(partition);
    ActorRef<PartitionCoordinator.Command> coordinator =
        getContext()
            .spawnAnonymous(
                PartitionCoordinator.create(
                    new PartitionCoordinator.Place(
                        partition,
                        log,
                        situations,
                        OffsetSettings.of(broker.configs()),
                        desk.listing(),
                        broker.blocking(),
                        desk::loaded)));
    desk.staff(coordinator);
    getContext().watchWith(coordinator, new Ended(partition, reign));
    running.put(partition, new Running(reign, coordinator));
  }

  private CoordinatorDesks.Shape shape() {
    return image
        .topic(OffsetsTopic.NAME)
        .map(
            topic ->
                new CoordinatorDesks.Shape(
                    topic.partitions().size(),
                    EffectiveTopicConfig.of(topic.configs(), broker.configs()).batchBytesMax()))
        .orElse(CoordinatorDesks.Shape.NONE);
  }

  private void end(int partition) {
    Running ending = running.remove(partition);
    desks.close(partition);
    getContext().stop(ending.coordinator());
  }

  /** Of its own accord, that is: the reign that it belonged to may go on. */
  private Behavior<Command> onEnded(Ended ended) {
    Running known = running.get(ended.partition());
    if (known != null && known.reign().equals(ended.reign())) {
      running.remove(ended.partition());
      desks.close(ended.partition());
      lookAgainSoon();
    }
    return this;
  }

  private void lookAgainSoon() {
    timers.startSingleTimer(new Reconcile(), Limits.RELOAD_PAUSE);
  }
}
