package storage.journal;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import storage.journal.ImageFile.Position;

/**
 * Carries a {@link JournalImage} through Raft: applies committed entries in order, writes the image
 * to disk now and then, and lets the local node read it. Entries are applied by one thread of
 * Raft's; reads come from any thread.
 */
final class JournalStateMachine extends BaseStateMachine {
  private final ImageStorage storage;
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  /** Also the lock of what it refers to. */
  private final Object lock = new Object();

  private JournalImage image;

  /**
   * @param image what the newest image file holds, or an empty one
   * @param position where it ends
   */
  JournalStateMachine(ImageStorage storage, JournalImage image, Optional<Position> position) {
    this.storage = storage;
    this.image = image;
    position.ifPresent(p -> setLastAppliedTermIndex(TermIndex.valueOf(p.term(), p.index())));
  }

  /** Completes with the reason when this voter can go on no more. */
  CompletableFuture<Throwable> failure() {
    return failure;
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, group, raftStorage);
    getLifeCycle().startAndTransition(() -> {});
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return storage;
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    try {
      JournalReply reply = apply(entry.getStateMachineLogEntry().getLogData());
      updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
      return CompletableFuture.completedFuture(Message.valueOf(reply.encode()));
    } catch (IOException | RuntimeException e) {
      // An entry that passed its checksum makes no sense: this code is older than the entry, or
      // wrong. Going on would let voters drift apart; the throw stops this voter.
      failure.complete(e);
      throw new IllegalStateException("journal entry " + entry.getIndex() + " is unreadable", e);
    }
  }

  private JournalReply apply(ByteString bytes) throws IOException {
    JournalCommand command = CommandCodec.decode(bytes);
    synchronized (lock) {
      return image.apply(command);
    }
  }

  @Override
  public CompletableFuture<Message> query(Message request) {
    return CompletableFuture.completedFuture(Message.EMPTY);
  }

  @Override
  public long takeSnapshot() throws IOException {
    // without the lock: this is the thread that applies, so nothing changes; reads go on meanwhile
    TermIndex applied = getLastAppliedTermIndex();
    storage.write(new Position(applied.getTerm(), applied.getIndex()), image);
    return applied.getIndex();
  }

  @Override
  public void pause() {
    // called for each chunk of an image that is being installed
    if (getLifeCycle().compareAndTransition(LifeCycle.State.RUNNING, LifeCycle.State.PAUSING)) {
      getLifeCycle().transition(LifeCycle.State.PAUSED);
    }
  }

  /** Another voter's image has been installed in place of ours. */
  @Override
  public void reinitialize() throws IOException {
    Position position =
        storage.find().orElseThrow(() -> new IOException("the installed image is not there"));
    JournalImage installed = storage.read(position);
    storage.sync(position);
    synchronized (lock) {
      image = installed;
    }
    setLastAppliedTermIndex(TermIndex.valueOf(position.term(), position.index()));
    getLifeCycle().startAndTransition(() -> {});
  }

  @Override
  public void notifyLogFailed(Throwable cause, LogEntryProto failedEntry) {
    failure.complete(cause);
  }

  /** 0 for an unknown persistence id. */
  long highestSequenceNr(String persistenceId) {
    synchronized (lock) {
      History history = image.histories.get(persistenceId);
      return history == null ? 0 : history.highestSequenceNr;
    }
  }

  /** At most {@code countMax} events in order, of numbers between the two, both inclusive. */
  List<StoredEvent> events(
      String persistenceId, long fromSequenceNr, long toSequenceNr, int countMax) {
    synchronized (lock) {
      History history = image.histories.get(persistenceId);
      return history == null ? List.of() : history.events(fromSequenceNr, toSequenceNr, countMax);
    }
  }

  /** The newest snapshot within the range. */
  Optional<StoredSnapshot> newestSnapshot(String persistenceId, SnapshotRange range) {
    synchronized (lock) {
      return Optional.ofNullable(image.histories.get(persistenceId))
          .flatMap(history -> history.newestSnapshot(range));
    }
  }

  /** Bytes of events and snapshots held. */
  long bytes() {
    synchronized (lock) {
      return image.bytes();
    }
  }
}
