package storage.journal;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import org.apache.pekko.serialization.SerializationExtension;
import scala.concurrent.Future;
import scala.jdk.javaapi.OptionConverters;
import storage.journal.JournalCommand.DeleteSnapshots;
import storage.journal.JournalCommand.SaveSnapshot;
import storage.journal.SnapshotRange.Bounds;

/**
 * The Pekko Persistence snapshot store on {@link JournalServer}. It keeps the newest {@link
 * JournalLimits#SNAPSHOTS_KEPT_MAX} snapshots of a persistence id.
 */
final class RaftSnapshotStore extends SnapshotStore {
  private final CompletionStage<JournalServer> journal =
      JournalExtension.get(context().system()).server();
  private final PayloadCodec codec =
      new PayloadCodec(SerializationExtension.get(context().system()));

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return Futures.asScala(
        journal
            .thenCompose(server -> server.newestSnapshot(persistenceId, range(criteria)))
            .thenApply(found -> found.map(snapshot -> selected(persistenceId, snapshot))));
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
    StoredSnapshot stored =
        new StoredSnapshot(
            metadata.sequenceNr(),
            metadata.timestamp(),
            codec.encodeSnapshot(snapshot, OptionConverters.toJava(metadata.metadata())));
    return execute(new SaveSnapshot(metadata.persistenceId(), stored));
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    // Pekko asks with timestamp 0 when it knows the sequence number only
    Bounds timestamps =
        metadata.timestamp() == 0
            ? new Bounds(Long.MIN_VALUE, Long.MAX_VALUE)
            : new Bounds(metadata.timestamp(), metadata.timestamp());
    Bounds sequenceNrs = new Bounds(metadata.sequenceNr(), metadata.sequenceNr());
    return execute(
        new DeleteSnapshots(metadata.persistenceId(), new SnapshotRange(sequenceNrs, timestamps)));
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return execute(new DeleteSnapshots(persistenceId, range(criteria)));
  }

  private Future<Void> execute(JournalCommand command) {
    return Futures.asScala(
        journal.thenCompose(server -> server.execute(command)).thenApply(reply -> null));
  }

  private static SnapshotRange range(SnapshotSelectionCriteria criteria) {
    return new SnapshotRange(
        new Bounds(criteria.minSequenceNr(), criteria.maxSequenceNr()),
        new Bounds(criteria.minTimestamp(), criteria.maxTimestamp()));
  }

  private SelectedSnapshot selected(String persistenceId, StoredSnapshot stored) {
    try {
      PayloadCodec.DecodedSnapshot decoded = codec.decodeSnapshot(stored.bytes());
      return SelectedSnapshot.create(
          new SnapshotMetadata(
              persistenceId,
              stored.sequenceNr(),
              stored.timestampMillis(),
              OptionConverters.toScala(decoded.metadata())),
          decoded.snapshot());
    } catch (IOException e) {
      throw new CompletionException("the snapshot of " + persistenceId + " is unreadable", e);
    }
  }
}
