package storage.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import scala.concurrent.ExecutionContext;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import storage.journal.JournalCommand.AppendEvents;
import storage.journal.JournalCommand.DeleteEvents;

/**
 * The Pekko Persistence journal on {@link JournalServer}.
 *
 * <p>A write that the journal refuses, for whatever reason, fails; it is never rejected. A rejected
 * write lets a persistent actor go on, and one that has been superseded must stop.
 */
final class RaftJournal extends AsyncWriteJournal {
  private final CompletionStage<JournalServer> journal =
      JournalExtension.get(context().system()).server();
  private final PayloadCodec codec =
      new PayloadCodec(SerializationExtension.get(context().system()));
  private final ExecutionContext dispatcher = context().dispatcher();

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> writes) {
    // throws what serialization throws: Pekko takes that, too, for a failed write
    List<AppendEvents> appends = appendsOf(writes);
    CompletionStage<Void> done = CompletableFuture.completedFuture(null);
    for (AppendEvents append : appends) {
      done = done.thenCompose(before -> append(append));
    }
    return Futures.asScala(done.thenApply(all -> List.of()));
  }

  private CompletionStage<Void> append(AppendEvents append) {
    return journal
        .thenCompose(server -> server.execute(append))
        .thenApply(
            reply -> {
              if (reply.status() != JournalReply.Status.DONE) {
                throw new JournalException.StaleWriter(
                    append.persistenceId(), append.firstSequenceNr(), reply.highestSequenceNr());
              }
              return null;
            });
  }

  /** Writes that follow one another become one append: all of them or none. */
  private List<AppendEvents> appendsOf(Iterable<AtomicWrite> writes) {
    List<AppendEvents> appends = new ArrayList<>();
    for (AtomicWrite write : writes) {
      AppendEvents next = appendOf(write);
      int last = appends.size() - 1;
      if (last >= 0 && isContinuedBy(appends.get(last), next)) {
        appends.set(last, joined(appends.get(last), next));
      } else {
        appends.add(next);
      }
    }
    return appends;
  }

  private AppendEvents appendOf(AtomicWrite write) {
    List<PersistentRepr> events = CollectionConverters.asJava(write.payload());
    List<ByteString> encoded = events.stream().map(codec::encodeEvent).toList();
    return new AppendEvents(
        write.persistenceId(), events.get(0).writerUuid(), write.lowestSequenceNr(), encoded);
  }

  private static boolean isContinuedBy(AppendEvents append, AppendEvents next) {
    return append.persistenceId().equals(next.persistenceId())
        && append.writer().equals(next.writer())
        && append.lastSequenceNr() + 1 == next.firstSequenceNr();
  }

  private static AppendEvents joined(AppendEvents append, AppendEvents next) {
    List<ByteString> events = new ArrayList<>(append.events());
    events.addAll(next.events());
    return new AppendEvents(
        append.persistenceId(), append.writer(), append.firstSequenceNr(), events);
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
    return Futures.asScala(
        journal
            .thenCompose(server -> server.execute(new DeleteEvents(persistenceId, toSequenceNr)))
            .thenApply(reply -> null));
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
    return Futures.asScala(journal.thenCompose(server -> server.highestSequenceNr(persistenceId)));
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId,
      long fromSequenceNr,
      long toSequenceNr,
      long max,
      Consumer<PersistentRepr> replay) {
    Replay events = new Replay(persistenceId, fromSequenceNr, toSequenceNr, max);
    return Futures.asScala(
        journal
            .thenCompose(server -> server.barrier().thenApply(ready -> server))
            .thenAcceptAsync(server -> events.run(server, replay), dispatcher::execute)
            .thenApply(done -> (Void) null));
  }

  /** What a recovering actor asks for; both numbers inclusive. */
  private final class Replay {
    private final String persistenceId;
    private final long toSequenceNr;
    private long nextSequenceNr;
    private long rest;

    Replay(String persistenceId, long fromSequenceNr, long toSequenceNr, long max) {
      this.persistenceId = persistenceId;
      this.nextSequenceNr = fromSequenceNr;
      this.toSequenceNr = toSequenceNr;
      this.rest = max;
    }

    void run(JournalServer server, Consumer<PersistentRepr> replay) {
      while (rest > 0) {
        int countMax = (int) Math.min(rest, JournalLimits.REPLAY_PAGE_EVENTS_MAX);
        List<StoredEvent> page =
            server.localEvents(persistenceId, nextSequenceNr, toSequenceNr, countMax);
        page.forEach(event -> replay.accept(decode(persistenceId, event)));
        if (page.size() < countMax) {
          return;
        }
        nextSequenceNr = page.get(page.size() - 1).sequenceNr() + 1;
        rest -= page.size();
      }
    }
  }

  private PersistentRepr decode(String persistenceId, StoredEvent event) {
    try {
      return codec.decodeEvent(persistenceId, event);
    } catch (IOException e) {
      throw new CompletionException(
          "event " + event.sequenceNr() + " of " + persistenceId + " is unreadable", e);
    }
  }
}
