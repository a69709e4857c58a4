package storage.journal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
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
  private final JournalSettings settings;
  private final RaftNode node;
  private final RaftRequests requests;
  private final JournalStateMachine stateMachine;

  private JournalServer(RaftNode node) {
    this.settings = node.settings();
    this.node = node;
    this.requests = new RaftRequests(node);
    this.stateMachine = node.stateMachine();
  }

  /**
   * Opens this voter's files and takes part in the group from then on. With one voter it leads when
   * this returns; with more, wait for {@link #ready}.
   *
   * @param transport to the other voters; closed with the server
   * @throws JournalException.Corrupt if acknowledged entries may be lost
   * @throws JournalException.DirectoryInUse if another journal runs in the directory
   * @throws JournalException.BadSettings if the settings contradict what the directory holds
   * @throws JournalException.StartFailed if it failed otherwise, or took too long
   */
  public static JournalServer start(JournalSettings settings, RaftTransport transport) {
    long deadlineNanos = System.nanoTime() + settings.timeouts().start().toNanos();
    CompletableFuture<JournalServer> starting = new CompletableFuture<>();
    // Raft's threads are daemons if the one that starts them is, and then a server that fails to
    // start cannot keep the process from ending.
    Thread starter =
        new Thread(
            () -> startInto(starting, settings, transport), "journal-start-" + settings.nodeId());
    starter.setDaemon(true);
    starter.start();
    return await(settings, starting, deadlineNanos);
  }

  private static void startInto(
      CompletableFuture<JournalServer> starting,
      JournalSettings settings,
      RaftTransport transport) {
    try {
      JournalServer server = new JournalServer(RaftNode.open(settings, transport));
      CompletionStage<Void> ready =
          settings.isAlone() ? server.ready() : CompletableFuture.completedFuture(null);
      var unused =
          ready.whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  server.close();
                  starting.completeExceptionally(Futures.causeOf(failure));
                } else if (!starting.complete(server)) {
                  server.close(); // nobody waits any more
                }
              });
    } catch (RuntimeException | Error e) {
      starting.completeExceptionally(e);
    }
  }

  private static JournalServer await(
      JournalSettings settings, CompletableFuture<JournalServer> starting, long deadlineNanos) {
    String what = "the metadata journal in " + settings.directory() + " did not start";
    try {
      return starting.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof JournalException known) {
        throw known;
      }
      throw new JournalException.StartFailed(what + ": " + e.getCause(), e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      JournalException.StartFailed failure =
          new JournalException.StartFailed(
              what + " within granary.journal.start-timeout " + settings.timeouts().start(), e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      if (!starting.completeExceptionally(failure) && !starting.isCompletedExceptionally()) {
        starting.join().close(); // it started in this very moment
      }
      throw failure;
    }
  }

  /** Completes when a leader answers, or fails after {@code request-timeout}. */
  public CompletionStage<Void> ready() {
    return barrier();
  }

  /** This voter leads at the moment, as far as it knows. */
  public boolean isLeader() {
    return node.isLeader();
  }

  /** Who leads the voters, as far as this one knows. */
  public QuorumStatus status() {
    return node.status();
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
      checkSize(command, bytes);
      checkRoom(command, stateMachine.bytes());
    } catch (JournalException e) {
      return CompletableFuture.failedFuture(e);
    }
    return bytes.size() <= JournalLimits.PART_BYTES_MAX
        ? send(bytes, deadlineNanos())
        : sendInParts(bytes, deadlineNanos());
  }

  private static void checkSize(JournalCommand command, ByteString bytes) {
    if (bytes.size() > JournalLimits.COMMAND_BYTES_MAX) {
      throw new JournalException.TooLarge(
          command.getClass().getSimpleName(), bytes.size(), JournalLimits.COMMAND_BYTES_MAX);
    }
  }

  /** Only events make the journal grow; what makes room again must go on. */
  static void checkRoom(JournalCommand command, long bytesHeld) {
    if (command instanceof AppendEvents && bytesHeld > JournalLimits.IMAGE_BYTES_MAX) {
      throw new JournalException.Full(bytesHeld, JournalLimits.IMAGE_BYTES_MAX);
    }
  }

  /** 0 for a persistence id that has none. */
  CompletionStage<Long> highestSequenceNr(String persistenceId) {
    return barrier().thenApply(done -> stateMachine.highestSequenceNr(persistenceId));
  }

  /** The newest of an actor's snapshots within the range. */
  CompletionStage<Optional<StoredSnapshot>> newestSnapshot(
      String persistenceId, SnapshotRange range) {
    return barrier().thenApply(done -> stateMachine.newestSnapshot(persistenceId, range));
  }

  /**
   * Waits until this voter has applied all that was committed anywhere before; what {@link
   * #localEvents} returns from then on is at least that new.
   */
  CompletionStage<Void> barrier() {
    return submit(RaftClientRequest.readRequestType(), ByteString.EMPTY, deadlineNanos())
        .thenApply(reply -> null);
  }

  /** A page of events, without asking the leader; after {@link #barrier}. */
  List<StoredEvent> localEvents(
      String persistenceId, long fromSequenceNr, long toSequenceNr, int countMax) {
    return stateMachine.events(persistenceId, fromSequenceNr, toSequenceNr, countMax);
  }

  private CompletionStage<JournalReply> sendInParts(ByteString bytes, long deadlineNanos) {
    int count = (bytes.size() - 1) / JournalLimits.PART_BYTES_MAX + 1;
    CommandPart first = new CommandPart(UUID.randomUUID(), 0, count, part(bytes, 0));
    return sendFrom(first, bytes, deadlineNanos);
  }

  private CompletionStage<JournalReply> sendFrom(
      CommandPart part, ByteString bytes, long deadlineNanos) {
    return send(CommandCodec.encode(part), deadlineNanos)
        .thenCompose(
            reply -> {
              if (reply.status() == JournalReply.Status.PARTS_MISSING) {
                return sendInParts(bytes, deadlineNanos);
              }
              int next = part.index() + 1;
              return next == part.count()
                  ? CompletableFuture.completedFuture(reply)
                  : sendFrom(
                      new CommandPart(part.commandId(), next, part.count(), part(bytes, next)),
                      bytes,
                      deadlineNanos);
            });
  }

  private static ByteString part(ByteString bytes, int index) {
    int from = index * JournalLimits.PART_BYTES_MAX;
    return bytes.substring(from, Math.min(bytes.size(), from + JournalLimits.PART_BYTES_MAX));
  }

  private CompletionStage<JournalReply> send(ByteString bytes, long deadlineNanos) {
    return submit(RaftClientRequest.writeRequestType(), bytes, deadlineNanos)
        .thenApply(reply -> JournalReply.decode(reply.getMessage().getContent()));
  }

  private CompletionStage<RaftClientReply> submit(
      RaftClientRequest.Type type, ByteString bytes, long deadlineNanos) {
    return requests.submit(new RaftRequests.Request(type, bytes, deadlineNanos));
  }

  private long deadlineNanos() {
    return System.nanoTime() + settings.timeouts().request().toNanos();
  }

  /**
   * Before {@link #close}: another voter leads, if this one did, so that the others need not notice
   * first that it is gone.
   *
   * @param patience to wait for that at most
   * @return completed in any case
   */
  public CompletionStage<Void> handOver(Duration patience) {
    return node.handOver(patience);
  }

  /**
   * Stops this voter. When this returns its directory is free and its threads have ended, except
   * where the disk does not answer: then they are left behind, as daemons, and the log says so.
   */
  @Override
  public void close() {
    node.close();
  }
}
