package actors.broker;

import actors.config.BrokerConfigs;
import actors.controller.BrokerRole;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.ControllerSingleton;
import actors.partition.Replica;
import actors.partition.ReplicaContext;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.Done;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.JournalServer;
import storage.journal.JournalSettings;
import storage.journal.JournalSetup;
import storage.journal.LoopbackTransport;
import storage.log.DirectoryIdentity;
import storage.log.DirectoryRefused;
import storage.log.LogDirectory;
import storage.log.RealFileSystem;
import storage.log.StorageFailure;

/**
 * A running broker without its listeners: actor system, data directory, membership, replicas.
 * Listeners are put on top of it by the rooms above.
 */
public final class GranaryNode implements Node {
  private static final Logger LOG = LoggerFactory.getLogger(GranaryNode.class);
  private static final String SEED_NODES = "pekko.cluster.seed-nodes";
  private static final String NODE_CONFIG = "granary-node.conf";
  private static final String BLOCKING_DISPATCHER = "granary.flush-dispatcher";
  private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(60);

  private final NodeSettings settings;
  private final BrokerConfigs configs;
  private final LogDirectory directory;
  private final CompletableFuture<JournalServer> journal;
  private final ActorSystem<?> system;
  private final RunningReplicas replicas = new RunningReplicas();
  private final ActorRef<Controller.Command> controller;
  private final ActorRef<BrokerActor.Command> broker;
  private final CompletableFuture<String> serving = new CompletableFuture<>();
  private volatile ClusterMetadata metadata = ClusterMetadata.EMPTY;

  private GranaryNode(
      NodeSettings settings,
      BrokerConfigs configs,
      LogDirectory directory,
      CompletableFuture<JournalServer> journal,
      ActorSystem<?> system) {
    this.journal = journal;
    this.settings = settings;
    this.configs = configs;
    this.directory = directory;
    this.system = system;
    joinCluster();
    this.controller = ControllerSingleton.start(system, settings.brokerId(), configs);
    ReplicaRegion region =
        ReplicaRegion.start(
            system,
            peers ->
                new ReplicaContext(
                    settings.brokerId(), directory, configs, this::nowMillis, controller, peers));
    BrokerActor.Wiring wiring =
        new BrokerActor.Wiring(
            settings,
            directory.identity().clusterId(),
            controller,
            region,
            replicas,
            new DataDirectory(
                directory,
                system.dispatchers().lookup(DispatcherSelector.fromConfig(BLOCKING_DISPATCHER))),
            image -> metadata = image,
            serving);
    this.broker = system.systemActorOf(BrokerActor.create(wiring), "broker", Props.empty());
  }

  /**
   * Starts a broker in an actor system of its own.
   *
   * @param overrides on top of the product's own defaults
   * @return completed once the broker leads all that it should; failed with {@link NodeRefused} or
   *     the storage's exceptions, whose messages say what to do
   */
  public static CompletionStage<GranaryNode> start(Config overrides, NodeSettings settings) {
    try {
      return begin(overrides, settings);
    } catch (NodeRefused | DirectoryRefused | StorageFailure | ConfigException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  private static CompletionStage<GranaryNode> begin(Config overrides, NodeSettings settings) {
    BrokerConfigs configs =
        BrokerConfigs.of(settings.brokerConfigs())
            .fold(
                accepted -> accepted,
                refused -> {
                  throw new NodeRefused(refused.message());
                });
    if (overrides.hasPath(SEED_NODES) && overrides.getStringList(SEED_NODES).size() > 1) {
      LOG.warn(
          "this version replicates nothing yet: broker {} runs by itself", settings.brokerId());
    }
    Config config = configOf(overrides, settings);
    LogDirectory directory =
        LogDirectory.open(
            new RealFileSystem(),
            settings.logDirectory(),
            new DirectoryIdentity.Owner(settings.brokerId(), ""),
            () -> Uuid.randomUuid().toString());
    // The journal's start and the actor system's take about as long: side by side they take half.
    CompletableFuture<JournalServer> journal =
        CompletableFuture.supplyAsync(
            () -> JournalServer.start(JournalSettings.from(config), new LoopbackTransport()));
    ActorSystem<Void> system;
    try {
      ActorSystemSetup setup =
          ActorSystemSetup.create(BootstrapSetup.create(config), JournalSetup.of(journal));
      system = ActorSystem.create(Behaviors.empty(), "granary", setup);
    } catch (RuntimeException notStarted) {
      closeOnceStarted(journal);
      directory.close();
      throw notStarted;
    }
    GranaryNode node = new GranaryNode(settings, configs, directory, journal, system);
    return journal
        .thenCompose(server -> node.serving)
        .handle((clusterId, failure) -> node.started(clusterId, failure))
        .thenCompose(started -> started);
  }

  /**
   * Without its journal a node can decide nothing any more; it stops rather than serve from memory.
   */
  private void stopWhenTheJournalFails(JournalServer server) {
    server
        .failure()
        .thenAccept(
            cause -> {
              LOG.error("the metadata journal has failed; this broker stops", cause);
              stop();
            });
  }

  private CompletionStage<GranaryNode> started(String clusterId, Throwable failure) {
    if (failure == null) {
      stopWhenTheJournalFails(journal.join()); // it has started, or there would be no cluster id
      directory.joined(clusterId);
      LOG.info(
          "broker {} serves cluster {} from {}",
          settings.brokerId(),
          clusterId,
          settings.dataDirectory());
      return CompletableFuture.completedStage(this);
    }
    return stop()
        .handle((done, ignored) -> CompletableFuture.<GranaryNode>failedStage(failure))
        .thenCompose(failed -> failed);
  }

  private static void closeOnceStarted(CompletableFuture<JournalServer> journal) {
    try {
      journal.join().close();
    } catch (CompletionException neverStarted) {
      LOG.debug("there is no journal to close: {}", neverStarted.toString());
    }
  }

  private static Config configOf(Config overrides, NodeSettings settings) {
    Map<String, Object> own =
        Map.of(
            "pekko.remote.artery.canonical.hostname", settings.host(),
            "pekko.remote.artery.canonical.port", settings.remotingPort(),
            "pekko.cluster.roles", java.util.List.of(BrokerRole.of(settings.brokerId())),
            "granary.journal.directory", settings.journalDirectory().toString(),
            "granary.journal.node-id", Integer.toString(settings.brokerId()),
            "granary.journal.voters", java.util.List.of(Integer.toString(settings.brokerId())));
    // Replication between nodes is not there yet: each node is a cluster of its own, and says so.
    return overrides
        .withoutPath(SEED_NODES)
        .withFallback(ConfigFactory.parseMap(own, "node settings"))
        .withFallback(ConfigFactory.parseResources(NODE_CONFIG))
        .withFallback(ConfigFactory.load());
  }

  private void joinCluster() {
    Cluster cluster = Cluster.get(system);
    if (system.settings().config().getStringList(SEED_NODES).isEmpty()) {
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }
  }

  /**
   * Closes the replicas, then everything else; what was acknowledged is on disk and the stop is a
   * clean one.
   */
  public CompletionStage<Done> stop() {
    return AskPattern.ask(broker, BrokerActor.Stop::new, CLOSE_TIMEOUT, system.scheduler())
        .handle(
            (done, failure) -> {
              if (failure != null) {
                LOG.error("replicas did not close within {}", CLOSE_TIMEOUT, failure);
                directory.abandon();
              }
              directory.close();
              system.terminate();
              return system.getWhenTerminated();
            })
        .thenCompose(terminated -> terminated)
        .thenApply(
            done -> {
              closeOnceStarted(journal);
              return done;
            });
  }

  @Override
  public ActorSystem<?> system() {
    return system;
  }

  @Override
  public int brokerId() {
    return settings.brokerId();
  }

  @Override
  public NodeSettings settings() {
    return settings;
  }

  @Override
  public BrokerConfigs configs() {
    return configs;
  }

  @Override
  public ClusterMetadata metadata() {
    return metadata;
  }

  @Override
  public Optional<ActorRef<Replica.Command>> replica(String topic, int partition) {
    return replicas.find(topic, partition);
  }

  @Override
  public ActorRef<Controller.Command> controller() {
    return controller;
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return AskPattern.ask(broker, BrokerActor.NextProducerId::new, ASK_TIMEOUT, system.scheduler());
  }

  @Override
  public long nowMillis() {
    return System.currentTimeMillis();
  }
}
