package storage.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.rpc.CallId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import storage.journal.ImageFile.Position;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.CommandPart;

/**
 * One voter of the replicated journal: a Raft server with a {@link JournalStateMachine}, and the
 * commands and reads that the local plugins need.
 *
 * <p>A command completes when a majority of voters has it on disk and it has been applied. A read
 * sees every command that completed anywhere before the read began. Both are retried through
 * elections until {@code request-timeout}; a command is never applied twice by that.
 */
public final class JournalServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JournalServer.class);

  private static final long RETRY_MILLIS_MIN = 2;
  private static final long RETRY_MILLIS_MAX = 100;
  private static final long CLOSE_MILLIS_MAX = 15_000;

  private final JournalSettings settings;
  private final DirectoryLock lock;
  private final RaftGroup group;
  private final RaftPeerId self;
  private final ClientId client = ClientId.randomId();
  private final ThreadPoolExecutor callExecutor;
  private final TransportRpc.Port port;
  private final JournalStateMachine stateMachine;
  private final RaftServer raft;
  private volatile boolean closed;

  private JournalServer(JournalSettings settings, RaftTransport transport, DirectoryLock lock)
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
        new TransportRpc.Port(transport, callExecutor, settings.timeouts().call().toMillis());
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

  /**
   * Opens this voter's files and takes part in the group from then on. With one voter it leads when
   * this returns; with more, wait for {@link #ready}.
   *
   * @throws JournalException.Corrupt if acknowledged entries may be lost
   * @throws JournalException.DirectoryInUse if another journal runs in the directory
   * @throws JournalException.StartFailed if it failed otherwise, or took too long
   */
  public static JournalServer start(JournalSettings settings, RaftTransport transport) {
    long deadline = System.nanoTime() + settings.timeouts().start().toNanos();
    CompletableFuture<JournalServer> starting = new CompletableFuture<>();
    // Raft's threads are daemons if the one that starts them is, and then a server that fails to
    // start cannot keep the process from ending.
    Thread starter =
        new Thread(
            () -> completeWith(starting, () -> open(settings, transport)),
            "journal-start-" + settings.nodeId());
    starter.setDaemon(true);
    starter.start();
    JournalServer server = await(settings, starting, deadline);
    try {
      if (settings.isAlone()) {
        await(settings, server.ready().toCompletableFuture(), deadline);
      }
      return server;
    } catch (JournalException e) {
      server.close();
      throw e;
    }
  }

  private static <T> void completeWith(CompletableFuture<T> future, Supplier<T> supplier) {
    try {
      future.complete(supplier.get());
    } catch (RuntimeException | Error e) {
      future.completeExceptionally(e);
    }
  }

  private static <T> T await(
      JournalSettings settings, CompletableFuture<T> future, long deadlineNanos) {
    try {
      return future.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JournalException known) {
        throw known;
      }
      throw new JournalException.StartFailed(
          "the metadata journal in " + settings.directory() + " did not start: " + e.getCause(),
          e.getCause());
    } catch (TimeoutException e) {
      var unused = future.whenComplete(JournalServer::closeLate);
      throw new JournalException.StartFailed(
          "the metadata journal in "
              + settings.directory()
              + " did not start within granary.journal.start-timeout ("
              + settings.timeouts().start()
              + ")",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var unused = future.whenComplete(JournalServer::closeLate);
      throw new JournalException.StartFailed(
          "the start of the metadata journal was interrupted", e);
    }
  }

  private static void closeLate(Object started, Throwable failure) {
    if (started instanceof JournalServer server) {
      server.close();
    }
  }

  private static JournalServer open(JournalSettings settings, RaftTransport transport) {
    DirectoryLock lock = DirectoryLock.of(settings.directory());
    JournalServer server = null;
    try {
      server = new JournalServer(settings, transport, lock);
      server.raft.start();
      server.checkVoters();
      return server;
    } catch (IOException | RuntimeException e) {
      if (server == null) {
        lock.close();
        transport.close();
      } else {
        server.close();
      }
      if (e instanceof JournalException known) {
        throw known;
      }
      throw new JournalException.StartFailed(
          "the metadata journal in " + settings.directory() + " did not start: " + e, e);
    }
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

  /** Completes when a leader answers, or fails after {@code request-timeout}. */
  public CompletionStage<Void> ready() {
    return barrier();
  }

  /** This voter leads at the moment, as far as it knows. */
  public boolean isLeader() {
    try {
      return division().getInfo().isLeaderReady();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Completes with the cause when this voter can go on no more (its disk failed, or an entry made
   * no sense). Its commands fail from then on; the broker should stop.
   */
  public CompletionStage<Throwable> failure() {
    return stateMachine.failure();
  }

  /**
   * Applies a command on a majority of voters.
   *
   * <p>Fails with {@link JournalException.TooLarge}, {@link JournalException.Full} or {@link
   * JournalException.Unavailable}; only with the last one it may have been applied all the same.
   */
  CompletionStage<JournalReply> execute(JournalCommand command) {
    ByteString bytes;
    try {
      bytes = CommandCodec.encode(command);
      check(command, bytes);
    } catch (JournalException e) {
      return CompletableFuture.failedFuture(e);
    }
    long deadline = System.nanoTime() + settings.timeouts().request().toNanos();
    return bytes.size() <= JournalLimits.PART_BYTES_MAX
        ? send(bytes, deadline)
        : sendInParts(bytes, deadline);
  }

  private void check(JournalCommand command, ByteString bytes) {
    if (bytes.size() > JournalLimits.COMMAND_BYTES_MAX) {
      throw new JournalException.TooLarge(
          command.getClass().getSimpleName(), bytes.size(), JournalLimits.COMMAND_BYTES_MAX);
    }
    if (command instanceof AppendEvents) {
      long held = stateMachine.bytes();
      if (held > JournalLimits.IMAGE_BYTES_MAX) {
        throw new JournalException.Full(held, JournalLimits.IMAGE_BYTES_MAX);
      }
    }
  }

  /** 0 for a persistence id that has none. */
  CompletionStage<Long> highestSequenceNr(String persistenceId) {
    return barrier().thenApply(done -> stateMachine.highestSequenceNr(persistenceId));
  }

  /**
   * Waits until this voter has applied all that was committed anywhere before; what {@link
   * #localEvents} returns from then on is at least that new.
   */
  CompletionStage<Void> barrier() {
    long deadline = System.nanoTime() + settings.timeouts().request().toNanos();
    return submit(RaftClientRequest.readRequestType(), ByteString.EMPTY, deadline)
        .thenApply(reply -> null);
  }

  /** A page of events, without asking the leader; after {@link #barrier}. */
  List<StoredEvent> localEvents(
      String persistenceId, long fromSequenceNr, long toSequenceNr, int countMax) {
    return stateMachine.events(persistenceId, fromSequenceNr, toSequenceNr, countMax);
  }

  /** The newest of an actor's snapshots within the range. */
  CompletionStage<Optional<StoredSnapshot>> newestSnapshot(
      String persistenceId, SnapshotRange range) {
    return barrier().thenApply(done -> stateMachine.newestSnapshot(persistenceId, range));
  }

  private CompletionStage<JournalReply> send(ByteString bytes, long deadlineNanos) {
    return submit(RaftClientRequest.writeRequestType(), bytes, deadlineNanos)
        .thenApply(reply -> JournalReply.decode(reply.getMessage().getContent()));
  }

  private CompletionStage<JournalReply> sendInParts(ByteString bytes, long deadlineNanos) {
    int count = (bytes.size() - 1) / JournalLimits.PART_BYTES_MAX + 1;
    return sendPart(UUID.randomUUID(), bytes, 0, count, deadlineNanos);
  }

  private CompletionStage<JournalReply> sendPart(
      UUID commandId, ByteString bytes, int index, int count, long deadlineNanos) {
    int from = index * JournalLimits.PART_BYTES_MAX;
    int until = Math.min(bytes.size(), from + JournalLimits.PART_BYTES_MAX);
    CommandPart part = new CommandPart(commandId, index, count, bytes.substring(from, until));
    return send(CommandCodec.encode(part), deadlineNanos)
        .thenCompose(
            reply -> {
              if (reply.status() == JournalReply.Status.PARTS_MISSING) {
                return sendInParts(bytes, deadlineNanos);
              }
              return index + 1 == count
                  ? CompletableFuture.completedFuture(reply)
                  : sendPart(commandId, bytes, index + 1, count, deadlineNanos);
            });
  }

  private CompletionStage<RaftClientReply> submit(
      RaftClientRequest.Type type, ByteString bytes, long deadlineNanos) {
    return new Submission(type, bytes, deadlineNanos).attempt(self, RETRY_MILLIS_MIN);
  }

  /** One request and its retries: here, at the leader that a refusal names, here again. */
  private final class Submission {
    private final RaftClientRequest.Type type;
    private final ByteString bytes;
    private final long deadlineNanos;

    Submission(RaftClientRequest.Type type, ByteString bytes, long deadlineNanos) {
      this.type = type;
      this.bytes = bytes;
      this.deadlineNanos = deadlineNanos;
    }

    CompletionStage<RaftClientReply> attempt(RaftPeerId to, long waitMillis) {
      long restMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
      if (restMillis <= 0) {
        return unavailable("no leader of voters " + settings.voters() + " answered in time", null);
      }
      return request(to)
          .orTimeout(restMillis, TimeUnit.MILLISECONDS)
          .handle(Attempt::new)
          .thenCompose(attempt -> next(to, attempt, waitMillis));
    }

    private CompletableFuture<RaftClientReply> request(RaftPeerId to) {
      RaftClientRequest request =
          RaftClientRequest.newBuilder()
              .setClientId(client)
              .setServerId(to)
              .setGroupId(group.getGroupId())
              .setCallId(CallId.getAndIncrement())
              .setMessage(Message.valueOf(bytes))
              .setType(type)
              .build();
      try {
        if (!to.equals(self)) {
          return TransportRpc.forward(port, to, request).toCompletableFuture();
        }
        checkReadable();
        return raft.submitClientRequestAsync(request);
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    /**
     * Ratis answers reads of a lone leader at once, also before it has applied the log of its
     * former life. So such a leader is not asked before it is ready.
     */
    private void checkReadable() throws IOException {
      if (type.is(RaftClientRequestProto.TypeCase.READ)) {
        var info = division().getInfo();
        if (info.isLeader() && !info.isLeaderReady()) {
          throw new IOException("the leader has not applied its log yet");
        }
      }
    }

    private CompletionStage<RaftClientReply> next(RaftPeerId to, Attempt attempt, long waitMillis) {
      if (attempt.isSuccess()) {
        return CompletableFuture.completedFuture(attempt.reply());
      }
      Throwable cause = attempt.cause();
      if (closed || !isRunning()) {
        return unavailable(
            "the metadata journal in " + settings.directory() + " has stopped", cause);
      }
      RaftPeerId leader = to.equals(self) ? suggestedLeader(cause) : null;
      if (leader != null) {
        return attempt(leader, waitMillis);
      }
      return CompletableFuture.completedFuture(Math.min(2 * waitMillis, RETRY_MILLIS_MAX))
          .thenComposeAsync(
              longer -> attempt(self, longer),
              CompletableFuture.delayedExecutor(waitMillis, TimeUnit.MILLISECONDS));
    }

    private RaftPeerId suggestedLeader(Throwable cause) {
      return cause instanceof NotLeaderException refusal && refusal.getSuggestedLeader() != null
          ? refusal.getSuggestedLeader().getId()
          : null;
    }

    private CompletionStage<RaftClientReply> unavailable(String message, Throwable cause) {
      return CompletableFuture.failedFuture(new JournalException.Unavailable(message, cause));
    }
  }

  /** How one try of a request ended: in a reply, which may be a refusal, or in a failure. */
  private record Attempt(RaftClientReply reply, Throwable failure) {
    boolean isSuccess() {
      return failure == null && reply.isSuccess();
    }

    Throwable cause() {
      return failure == null ? reply.getException() : Futures.causeOf(failure);
    }
  }

  private boolean isRunning() {
    try {
      return !stateMachine.failure().isDone()
          && !division().getInfo().getLifeCycleState().isClosingOrClosed()
          && division().getInfo().getLifeCycleState() != LifeCycle.State.EXCEPTION;
    } catch (IOException e) {
      return false;
    }
  }

  private RaftServer.Division division() throws IOException {
    return raft.getDivision(group.getGroupId());
  }

  /**
   * Stops this voter. When this returns its directory is free and its threads have ended, except
   * where the disk does not answer: then they are left behind, as daemons, and the log says so.
   */
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
      raft.close();
    } catch (IOException e) {
      log.warn("the metadata journal in {} did not close cleanly", settings.directory(), e);
    }
  }
}
