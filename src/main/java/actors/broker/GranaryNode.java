package actors.broker;

import actors.Outcome;
import actors.config.BrokerConfigs;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.group.Groups;
import actors.partition.Replica;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.JournalServer;
import storage.journal.JournalSettings;
import storage.journal.LoopbackTransport;
import storage.journal.RaftTransport;
import storage.log.DirectoryIdentity;
import storage.log.DirectoryRefused;
import storage.log.FileSystem;
import storage.log.LogDirectory;
import storage.log.RealFileSystem;
import storage.log.StorageFailure;

/**
 * A running broker: data directory, journal, and one {@link Incarnation} after the other, since a
 * member that the cluster has downed must start anew to rejoin. Whoever holds the node sees the
 * present one.
 */
public final class GranaryNode implements Node {
  private static final Logger LOG = LoggerFactory.getLogger(GranaryNode.class);

  private static final Duration PAUSE_MIN = Duration.ofMillis(100);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
  private static final Duration HAND_OVER_PATIENCE = Duration.ofSeconds(2);

  private final Incarnation.Parts parts;
  private final Edge edge;
  private final CompletableFuture<GranaryNode> started = new CompletableFuture<>();
  private final CompletableFuture<Done> stopped = new CompletableFuture<>();
  private volatile Incarnation present;
  private Optional<Edge.Opened> opened = Optional.empty();
  private Duration pause = PAUSE_MIN;
  private boolean stopping;

  private GranaryNode(Incarnation.Parts parts, Edge edge) {
    this.parts = parts;
    this.edge = edge;
    this.present = Incarnation.begin(parts);
  }

  /** Starts a broker that nobody outside of this process reaches. */
  public static CompletionStage<GranaryNode> start(Config overrides, NodeSettings settings) {
    return start(overrides, settings, Edge.none());
  }

  /**
   * Starts a broker in an actor system of its own.
   *
   * @param overrides on top of the product's own defaults
   * @param edge opened whenever the broker serves
   * @return completed once the broker leads all that it should, which takes a majority of the
   *     journal's voters; failed with {@link NodeRefused} or the storage's exceptions, whose
   *     messages say what to do
   */
  public static CompletionStage<GranaryNode> start(
      Config overrides, NodeSettings settings, Edge edge) {
    try {
      return launch(overrides, settings, edge).started;
    } catch (NodeRefused | DirectoryRefused | StorageFailure | ConfigException refused) {
      return CompletableFuture.failedStage(refused);
    }
  }

  /**
   * The node at once, before it serves; {@link #whenStarted} says when it does.
   *
   * @throws RuntimeException as {@link #start} fails
   */
  public static GranaryNode launch(Config overrides, NodeSettings settings, Edge edge) {
    return launch(overrides, settings, edge, new RealFileSystem());
  }

  /**
   * As {@link #launch(Config, NodeSettings, Edge)}.
   *
   * @param files the disks that its logs are on; not those of the journal
   */
  public static GranaryNode launch(
      Config overrides, NodeSettings settings, Edge edge, FileSystem files) {
    BrokerConfigs configs =
        BrokerConfigs.of(settings.brokerConfigs())
            .fold(
                accepted -> accepted,
                refused -> {
                  throw new NodeRefused(refused.message());
                });
    ClusterLayout layout = ClusterLayout.of(overrides, settings);
    Config config = NodeConfig.of(overrides, settings, layout);
    LogDirectory directory =
        LogDirectory.open(
            files,
            settings.logDirectory(),
            new DirectoryIdentity.Owner(settings.brokerId(), ""),
            () -> Uuid.randomUuid().toString());
    directory.keepFree(configs.logBytesFreeMin(), BrokerConfigs.LOG_BYTES_FREE_MIN, new SpaceLog());
    Optional<JournalLink> link =
        layout.hasOtherVoters() ? Optional.of(link(layout, directory, config)) : Optional.empty();
    RaftTransport transport = link.<RaftTransport>map(to -> to).orElseGet(LoopbackTransport::new);
    // The journal's start and the actor system's take about as long: side by side they take half.
    Optional<CompletableFuture<JournalServer>> journal =
        layout.isVoter()
            ? Optional.of(
                CompletableFuture.supplyAsync(
                    () -> JournalServer.start(JournalSettings.from(config), transport)))
            : Optional.empty();
    Incarnation.Parts parts =
        new Incarnation.Parts(
            settings,
            configs,
            layout,
            config,
            directory,
            EpochFile.of(files, directory),
            journal,
            link);
    GranaryNode node;
    try {
      node = new GranaryNode(parts, edge);
    } catch (RuntimeException notStarted) {
      closeOnceStarted(journal);
      directory.close();
      throw notStarted;
    }
    journal.ifPresent(node::stopWithout);
    node.watch(node.present);
    return node;
  }

  private static JournalLink link(ClusterLayout layout, LogDirectory directory, Config config) {
    return new JournalLink(
        layout,
        directory.identity().clusterId(),
        config.getDuration("granary.journal.call-timeout"));
  }

  /**
   * Without its journal a node can decide nothing any more; it stops rather than serve from memory.
   */
  private void stopWithout(CompletableFuture<JournalServer> journal) {
    var unused =
        journal
            .thenCompose(JournalServer::failure)
            .whenComplete(
                (cause, notStarted) ->
                    fail(
                        "the metadata journal has failed",
                        notStarted == null ? cause : notStarted));
  }

  private void watch(Incarnation incarnation) {
    incarnation
        .serving()
        .whenCompleteAsync(
            (clusterId, refused) -> {
              if (refused != null) {
                fail("this broker cannot take part", refused);
              } else {
                serve(incarnation, clusterId);
              }
            });
    incarnation.lost().thenAcceptAsync(why -> startAnew(incarnation, why));
  }

  private void serve(Incarnation incarnation, String clusterId) {
    try {
      parts.directory().joined(clusterId);
      parts.link().ifPresent(link -> link.joined(clusterId));
      open(incarnation);
    } catch (DirectoryRefused | StorageFailure | ConfigException refused) {
      fail("this broker cannot take part", refused);
    } catch (IOException notOpened) {
      if (started.isDone()) {
        startAnew(incarnation, notOpened.getMessage());
      } else {
        fail("this broker cannot be reached", notOpened);
      }
    }
  }

  private synchronized void open(Incarnation incarnation) throws IOException {
    if (stopping || incarnation != present) {
      return;
    }
    opened = Optional.of(edge.open(this));
    pause = PAUSE_MIN;
    LOG.info(
        "broker {} serves cluster {} from {}",
        parts.settings().brokerId(),
        parts.directory().identity().clusterId(),
        parts.settings().dataDirectory());
    started.complete(this);
  }

  /** The life of this incarnation is over; the node is not. */
  private void startAnew(Incarnation ended, String why) {
    synchronized (this) {
      if (stopping || ended != present) {
        return;
      }
    }
    LOG.warn("this broker starts anew: {}", why);
    var unused =
        closeEdge()
            .thenCompose(closed -> ended.close())
            .thenRunAsync(this::beginNext, later(nextPause()));
  }

  private synchronized Duration nextPause() {
    Duration now = pause;
    pause = now.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? now.multipliedBy(2) : PAUSE_MAX;
    return now;
  }

  private static java.util.concurrent.Executor later(Duration pause) {
    return CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void beginNext() {
    if (stopping) {
      return;
    }
    try {
      present = Incarnation.begin(parts);
      watch(present);
    } catch (RuntimeException notStarted) {
      LOG.warn("this broker does not start again yet: {}", notStarted.toString());
      later(nextPause()).execute(this::beginNext);
    }
  }

  private synchronized CompletionStage<Done> closeEdge() {
    Optional<Edge.Opened> closing = opened;
    opened = Optional.empty();
    return closing
        .map(Edge.Opened::close)
        .orElseGet(() -> CompletableFuture.completedStage(Done.getInstance()))
        .exceptionally(failure -> Done.getInstance());
  }

  /** Something that no new start of the actor system mends. */
  private void fail(String what, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    synchronized (this) {
      if (stopping) {
        return;
      }
    }
    if (started.isDone()) {
      LOG.error("{}; it stops", what, cause);
    }
    var unused = stop().whenComplete((done, ignored) -> started.completeExceptionally(cause));
  }

  /**
   * Hands over what it leads, closes edge and replicas, then everything else; what was acknowledged
   * is on disk and the stop is a clean one.
   */
  public CompletionStage<Done> stop() {
    synchronized (this) {
      if (stopping) {
        return stopped;
      }
      stopping = true;
    }
    var unused =
        present
            .leave()
            .thenCompose(left -> handOverJournal())
            .thenCompose(left -> closeEdge())
            .thenCompose(closed -> present.close())
            .thenAcceptAsync(this::closeFiles)
            .whenComplete(this::ended);
    return stopped;
  }

  private CompletionStage<Void> handOverJournal() {
    return parts
        .journal()
        .filter(starting -> starting.isDone() && !starting.isCompletedExceptionally())
        .map(started -> started.join().handOver(HAND_OVER_PATIENCE))
        .orElseGet(() -> CompletableFuture.completedStage(null));
  }

  /** Completes when the node has stopped, by {@link #stop} or because it could not go on. */
  public CompletionStage<Done> whenStopped() {
    return stopped;
  }

  private void closeFiles(boolean replicasAreClosed) {
    if (!replicasAreClosed) {
      parts.directory().abandon();
    }
    parts.directory().close();
    closeOnceStarted(parts.journal());
  }

  private static void closeOnceStarted(Optional<CompletableFuture<JournalServer>> journal) {
    try {
      journal.ifPresent(starting -> starting.join().close());
    } catch (CompletionException neverStarted) {
      LOG.debug("there is no journal to close: {}", neverStarted.toString());
    }
  }

  /**
   * Ends as the death of its process would end it for everybody else: nothing is handed over and
   * nobody is told. Its files are closed, so that it can be started again; for tests.
   *
   * @return completed when nothing of it runs any more, as {@link #whenStopped} is then
   */
  public CompletionStage<Done> kill() {
    synchronized (this) {
      if (stopping) {
        return stopped;
      }
      stopping = true;
    }
    var unused =
        closeEdge()
            .thenCompose(closed -> present.kill())
            .thenAcceptAsync(done -> closeFiles(true))
            .whenComplete(this::ended);
    return stopped;
  }

  private void ended(Void done, Throwable failure) {
    if (failure == null) {
      stopped.complete(Done.getInstance());
    } else {
      stopped.completeExceptionally(failure);
    }
  }

  /** Completes as {@link #start} does. */
  public CompletionStage<GranaryNode> whenStarted() {
    return started;
  }

  @Override
  public Optional<JournalQuorum> journalQuorum() {
    return parts
        .journal()
        .filter(starting -> starting.isDone() && !starting.isCompletedExceptionally())
        .map(started -> JournalQuorum.of(started.join().status()));
  }

  /** The journal, if this node keeps one; for tests. */
  Optional<JournalServer> journal() {
    return parts.journal().map(CompletableFuture::join);
  }

  @Override
  public ActorSystem<?> system() {
    return present.system();
  }

  @Override
  public int brokerId() {
    return parts.settings().brokerId();
  }

  @Override
  public NodeSettings settings() {
    return parts.settings();
  }

  @Override
  public BrokerConfigs configs() {
    return parts.configs();
  }

  @Override
  public ClusterMetadata metadata() {
    return present.metadata();
  }

  @Override
  public Optional<ActorRef<Replica.Command>> replica(String topic, int partition) {
    return present.replica(topic, partition);
  }

  @Override
  public Outcome<ActorRef<Replica.Command>> leader(String topic, int partition) {
    return present.leader(topic, partition);
  }

  @Override
  public Groups groups() {
    return present.groups();
  }

  @Override
  public ActorRef<Controller.Command> controller() {
    return present.controller();
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return present.nextProducerId();
  }

  @Override
  public CompletionStage<DiskSpace> diskSpace() {
    return present.diskSpace();
  }

  @Override
  public long nowMillis() {
    return System.currentTimeMillis();
  }
}
