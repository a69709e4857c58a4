package storage.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.ImageFile.Position;

/** The Raft server of one voter, its directory and its threads: opened once, closed once. */
final class RaftNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RaftNode.class);

  private static final long CLOSE_MILLIS_MAX = 15_000;
  private static final long CLOSE_POLL_MILLIS = 10;

  private final JournalSettings settings;
  private final DirectoryLock lock;
  private final RaftGroup group;
  private final RaftPeerId self;
  private final ThreadPoolExecutor callExecutor;
  private final TransportRpc.Port port;
  private final JournalStateMachine stateMachine;
  private final RaftServer raft;
  private volatile boolean closed;

  private RaftNode(JournalSettings settings, RaftTransport transport, DirectoryLock lock)
      throws IOException {
    this.settings = settings;
    this.lock = lock;
    this.group = group(settings);
    this.self = RaftPeerId.valueOf(settings.nodeId());
    Path groupDirectory = groupDirectory();
    ImageStorage images = new ImageStorage(groupDirectory);
    Optional<Position> position = images.find();
    JournalImage image = position.isPresent() ? images.read(position.get()) : new JournalImage();
    RaftLogInspector.inspect(groupDirectory, settings.voters(), position);
    this.stateMachine = new JournalStateMachine(images, image, position);
    this.callExecutor = callExecutor(settings.nodeId());
    this.port =
        new TransportRpc.Port(
            transport,
            callExecutor,
            settings.timeouts().call().toMillis(),
            Completeness.of(
                settings.directory(), Files.isDirectory(groupDirectory), settings.isAlone()));
    this.raft =
        RaftServer.newBuilder()
            .setServerId(self)
            .setGroup(group)
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setStateMachine(stateMachine)
            .setProperties(RaftTuning.properties(settings))
            .setParameters(TransportRpc.Type.parameters(port))
            .build();
  }

  /** Opens the directory and takes part in the group; leaves nothing behind when it throws. */
  static RaftNode open(JournalSettings settings, RaftTransport transport) {
    DirectoryLock lock = null;
    RaftNode node = null;
    try {
      lock = DirectoryLock.of(settings.directory());
      node = new RaftNode(settings, transport, lock);
      node.raft.start();
      node.checkVoters();
      return node;
    } catch (IOException | RuntimeException e) {
      if (node != null) {
        node.close();
      } else {
        transport.close();
        if (lock != null) {
          lock.close();
        }
      }
      if (e instanceof JournalException known) {
        throw known;
      }
      throw new JournalException.StartFailed(
          "the metadata journal in " + settings.directory() + " did not start: " + e, e);
    }
  }

  private static RaftGroup group(JournalSettings settings) {
    UUID id =
        UUID.nameUUIDFromBytes(
            ("granary-journal/" + settings.group()).getBytes(StandardCharsets.UTF_8));
    List<RaftPeer> peers =
        settings.voters().stream()
            .map(voter -> RaftPeer.newBuilder().setId(voter).build())
            .toList();
    return RaftGroup.valueOf(RaftGroupId.valueOf(id), peers);
  }

  /** Raft would serve every group that it finds in the directory, so only ours may be there. */
  private Path groupDirectory() throws IOException {
    String name = group.getGroupId().getUuid().toString();
    try (DirectoryStream<Path> others = Files.newDirectoryStream(settings.directory(), "*-*-*-*")) {
      for (Path other : others) {
        if (!other.getFileName().toString().equals(name)) {
          throw new JournalException.BadSettings(
              "granary.journal.group is '"
                  + settings.group()
                  + "', but "
                  + other
                  + " is the journal of another group");
        }
      }
    }
    return settings.directory().resolve(name);
  }

  private static ThreadPoolExecutor callExecutor(String nodeId) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            JournalLimits.CALL_THREADS_MAX,
            JournalLimits.CALL_THREADS_MAX,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(JournalLimits.CALLS_WAITING_MAX),
            task -> {
              Thread thread = new Thread(task, "journal-call-" + nodeId);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /** The voters are written in the log; settings that say otherwise must not pass unnoticed. */
  private void checkVoters() throws IOException {
    List<String> known =
        division().getRaftConf().getCurrentPeers().stream()
            .map(peer -> peer.getId().toString())
            .sorted()
            .toList();
    List<String> wanted = settings.voters().stream().sorted().toList();
    if (!known.equals(wanted)) {
      throw new JournalException.BadSettings(
          "granary.journal.voters says "
              + wanted
              + ", but the journal in "
              + settings.directory()
              + " belongs to the voters "
              + known);
    }
  }

  JournalSettings settings() {
    return settings;
  }

  RaftPeerId self() {
    return self;
  }

  RaftGroupId groupId() {
    return group.getGroupId();
  }

  TransportRpc.Port port() {
    return port;
  }

  JournalStateMachine stateMachine() {
    return stateMachine;
  }

  RaftServer raft() {
    return raft;
  }

  /** Leads, but has not applied the log of its former life yet. */
  boolean isLeaderUnready() throws IOException {
    return division().getInfo().isLeader() && !division().getInfo().isLeaderReady();
  }

  /** Leads, as far as it knows. */
  boolean isLeader() {
    try {
      return division().getInfo().isLeaderReady();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Has another voter lead, if this one does: the one that was heard last.
   *
   * @return completed when another leads, or nobody else can, or the time is up
   */
  CompletionStage<Void> handOver(Duration patience) {
    try {
      Optional<RaftPeerId> heir = isLeader() ? heardLast() : Optional.empty();
      if (heir.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      log.info("voter {} is to lead the metadata journal from now on", heir.get());
      return raft.transferLeadershipAsync(
              new TransferLeadershipRequest(
                  ClientId.randomId(),
                  self,
                  groupId(),
                  CallId.getAndIncrement(),
                  heir.get(),
                  patience.toMillis()))
          .handle(
              (reply, failure) -> {
                if (failure != null || !reply.isSuccess()) {
                  log.warn(
                      "voter {} does not take over the metadata journal: {}",
                      heir.get(),
                      failure != null ? failure.toString() : reply.getException().getMessage());
                }
                return null;
              });
    } catch (IOException closed) {
      return CompletableFuture.completedFuture(null);
    }
  }

  private Optional<RaftPeerId> heardLast() throws IOException {
    return division().getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList().stream()
        .min(Comparator.comparingLong(ServerRpcProto::getLastRpcElapsedTimeMs))
        .map(follower -> RaftPeerId.valueOf(follower.getId().getId()));
  }

  QuorumStatus status() {
    try {
      DivisionInfo info = division().getInfo();
      return new QuorumStatus(
          Optional.ofNullable(info.getLeaderId()).map(RaftPeerId::toString),
          info.getCurrentTerm(),
          info.getLastAppliedIndex(),
          port.completeness().isComplete(),
          settings.voters());
    } catch (IOException closed) {
      return new QuorumStatus(Optional.empty(), -1, -1, false, settings.voters());
    }
  }

  /** False when it was closed, or has failed and will never answer again. */
  boolean isRunning() {
    try {
      LifeCycle.State state = division().getInfo().getLifeCycleState();
      return !closed
          && !stateMachine.failure().isDone()
          && !state.isClosingOrClosed()
          && state != LifeCycle.State.EXCEPTION;
    } catch (IOException e) {
      return false;
    }
  }

  private RaftServer.Division division() throws IOException {
    return raft.getDivision(group.getGroupId());
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    Thread closer = new Thread(this::closeRaft, "journal-close-" + settings.nodeId());
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(CLOSE_MILLIS_MAX);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (closer.isAlive()) {
      log.error("the metadata journal in {} does not close", settings.directory());
    }
    callExecutor.shutdownNow();
    lock.close();
  }

  private void closeRaft() {
    try {
      RaftServer.Division division = division();
      raft.close();
      // a server that has failed is closed by a thread of its own, which may still be at it
      while (division.getInfo().getLifeCycleState() != LifeCycle.State.CLOSED) {
        TimeUnit.MILLISECONDS.sleep(CLOSE_POLL_MILLIS);
      }
    } catch (IOException e) {
      log.warn("the metadata journal in {} did not close cleanly", settings.directory(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
