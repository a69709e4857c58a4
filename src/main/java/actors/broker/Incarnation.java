package actors.broker;

import actors.Outcome;
import actors.access.Door;
import actors.access.FarReplicas;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.ControllerSingleton;
import actors.group.Groups;
import actors.group.GroupsOfBroker;
import actors.partition.Replica;
import actors.partition.ReplicaContext;
import actors.partition.ReplicationThrottles;
import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.internals.Topic;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.JournalServer;
import storage.journal.JournalSetup;
import storage.log.LogDirectory;

/**
 * One life of a broker: an actor system that becomes a member of the cluster, the broker registered
 * under an epoch of its own, and its replicas. A member that was downed never comes back, so a node
 * goes through as many incarnations as it is downed; journal and data directory outlive them.
 */
final class Incarnation {
  private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);
  private static final String SYSTEM_NAME = "granary";
  private static final String BLOCKING_DISPATCHER = "granary.flush-dispatcher";
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(8);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

  private final Parts parts;
  private final ActorSystem<?> system;
  private final RunningReplicas replicas = new RunningReplicas();
  private final ReplicationThrottles throttles;
  private final FarReplicas farReplicas;
  private final Leaders leaders;
  private final GroupsOfBroker groups;
  private final ActorRef<Controller.Command> controller;
  private final ActorRef<BrokerActor.Command> broker;
  private final CompletableFuture<String> serving = new CompletableFuture<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private volatile ClusterMetadata metadata = ClusterMetadata.EMPTY;

  /**
   * What a node is made of, whichever life it is in.
   *
   * @param config of its actor systems
   * @param journal of this node, if it is a voter
   * @param link of the journal to other voters, if there are any
   */
  record Parts(
      NodeSettings settings,
      BrokerConfigs configs,
      ClusterLayout layout,
      Config config,
      LogDirectory directory,
      EpochFile epochs,
      Optional<CompletableFuture<JournalServer>> journal,
      Optional<JournalLink> link) {

    CompletableFuture<JournalServer> journalOrFailure() {
      return journal.orElseGet(
          () ->
              CompletableFuture.failedFuture(
                  new IllegalStateException("this node keeps no metadata journal")));
    }
  }

  private Incarnation(Parts parts, ActorSystem<?> system) {
    this.parts = parts;
    this.system = system;
    this.throttles = new ReplicationThrottles(parts.settings().brokerId());
    parts.link().ifPresent(link -> link.bind(system));
    Cluster.get(system).registerOnMemberRemoved(() -> lost.complete("it is no member any more"));
    system.systemActorOf(Formation.create(formation()).narrow(), Formation.NAME, Props.empty());
    this.controller =
        ControllerSingleton.start(system, parts.settings().brokerId(), parts.configs());
    DeathWatch.start(parts.layout(), parts.link(), system, controller);
    this.farReplicas =
        new FarReplicas(system, brokerId -> Members.of(Cluster.get(system)).addressOf(brokerId));
    this.leaders = new Leaders(parts.settings().brokerId(), this::metadata, replicas, farReplicas);
    Door.start(
        system,
        new Door.House(
            parts.settings().brokerId(), parts.configs(), this::metadata, replicas::find));
    ReplicaRegion region =
        ReplicaRegion.start(
            system,
            peers ->
                new ReplicaContext(
                    parts.settings().brokerId(),
                    parts.directory(),
                    parts.configs(),
                    System::currentTimeMillis,
                    controller,
                    peers,
                    throttles));
    this.groups = GroupsOfBroker.start(groupsWiring());
    this.broker = system.systemActorOf(BrokerActor.create(wiring(region)), "broker", Props.empty());
  }

  /**
   * Begins a life; whoever began it closes it, whatever becomes of it.
   *
   * @throws RuntimeException if the actor system does not start, for want of its port as a rule
   */
  static Incarnation begin(Parts parts) {
    ActorSystemSetup setup =
        ActorSystemSetup.create(
            BootstrapSetup.create(parts.config())
                .withClassloader(Incarnation.class.getClassLoader()),
            JournalSetup.of(parts.journalOrFailure()));
    return new Incarnation(parts, ActorSystem.create(Behaviors.empty(), SYSTEM_NAME, setup));
  }

  private GroupsOfBroker.Broker groupsWiring() {
    return new GroupsOfBroker.Broker(
        system,
        parts.settings().brokerId(),
        parts.configs(),
        parts.layout().nodes().size(),
        controller,
        this::metadata,
        brokerId -> Members.of(Cluster.get(system)).addressOf(brokerId),
        partition -> replicas.find(Topic.GROUP_METADATA_TOPIC_NAME, partition),
        system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING_DISPATCHER)),
        System::currentTimeMillis);
  }

  private Formation.Wiring formation() {
    return new Formation.Wiring(
        parts.layout(),
        parts.journal(),
        () -> parts.directory().identity().clusterId(),
        lost::complete,
        serving::completeExceptionally);
  }

  private BrokerActor.Wiring wiring(ReplicaRegion region) {
    return new BrokerActor.Wiring(
        parts.settings(),
        parts.directory().identity().clusterId(),
        controller,
        region,
        replicas,
        new DataDirectory(
            parts.directory(),
            system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING_DISPATCHER))),
        parts.epochs(),
        this::publish,
        serving);
  }

  private void publish(ClusterMetadata image) {
    throttles.configure(image);
    metadata = image;
    farReplicas.follow(image);
    groups.follow(image);
  }

  /** The cluster's id, once the broker leads all that it should; {@link NodeRefused} if never. */
  CompletionStage<String> serving() {
    return serving;
  }

  /** Why this life has ended, other than by {@link #close}. */
  CompletionStage<String> lost() {
    return lost;
  }

  /**
   * Hands over what the broker leads, as long as that may take; the others go on at once then,
   * instead of after they have noticed that it is gone.
   */
  CompletionStage<Done> leave() {
    if (hasEnded()) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    return AskPattern.ask(broker, BrokerActor.Leave::new, LEAVE_TIMEOUT, system.scheduler())
        .exceptionally(
            slow -> {
              LOG.warn("this broker stops though it still leads: {}", slow.getMessage());
              return Done.getInstance();
            });
  }

  /**
   * Closes the replicas, then everything else.
   *
   * @return whether the replicas' files are closed cleanly
   */
  CompletionStage<Boolean> close() {
    if (hasEnded()) {
      return CompletableFuture.completedStage(true);
    }
    return AskPattern.ask(broker, BrokerActor.Stop::new, CLOSE_TIMEOUT, system.scheduler())
        .handle((done, failure) -> areClosed(failure))
        .thenCompose(closed -> leaveAndEnd().thenApply(done -> closed));
  }

  private boolean hasEnded() {
    return system.getWhenTerminated().toCompletableFuture().isDone();
  }

  private static boolean areClosed(Throwable failure) {
    if (failure != null) {
      LOG.error("replicas did not close within {}", CLOSE_TIMEOUT, failure);
    }
    return failure == null;
  }

  /**
   * Ends the actor system after it has left the cluster. The journal reaches the others to the end:
   * a controller on this node is handed over only when what it is writing is written, and cut off
   * it would first wait for that in vain.
   */
  private CompletionStage<Done> leaveAndEnd() {
    var unused =
        CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason());
    return ended();
  }

  /** Ends the actor system as the death of its process would, without a word to anybody. */
  CompletionStage<Done> kill() {
    system.terminate();
    return ended();
  }

  private CompletionStage<Done> ended() {
    return system
        .getWhenTerminated()
        .thenApply(
            done -> {
              parts.link().ifPresent(JournalLink::unbind);
              return done;
            });
  }

  ActorSystem<?> system() {
    return system;
  }

  ClusterMetadata metadata() {
    return metadata;
  }

  Optional<ActorRef<Replica.Command>> replica(String topic, int partition) {
    return replicas.find(topic, partition);
  }

  Outcome<ActorRef<Replica.Command>> leader(String topic, int partition) {
    return leaders.find(topic, partition);
  }

  Groups groups() {
    return groups;
  }

  ActorRef<Controller.Command> controller() {
    return controller;
  }

  CompletionStage<Long> nextProducerId() {
    return AskPattern.ask(broker, BrokerActor.NextProducerId::new, ASK_TIMEOUT, system.scheduler());
  }

  CompletionStage<DiskSpace> diskSpace() {
    return CompletableFuture.supplyAsync(
        () -> new DiskSpace(parts.directory().totalBytes(), parts.directory().usableBytes()),
        system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING_DISPATCHER)));
  }
}
