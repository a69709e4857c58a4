package streams;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.Done;

/** What sources that read in a group give, and what a {@link Committer} takes. */
public final class ConsumerMessage {
  private ConsumerMessage() {}

  /** A record, and what says that all up to it has been dealt with. */
  public record CommittableMessage<K, V>(
      ConsumerRecord<K, V> record, CommittableOffset committableOffset) {
    static <K, V> CommittableMessage<K, V> of(Lease lease, ConsumerRecord<K, V> record) {
      return new CommittableMessage<>(
          record,
          new CommittableOffset(
              lease,
              record.offset(),
              record.leaderEpoch().isEmpty() ? -1 : record.leaderEpoch().get()));
    }
  }

  /** Something that can be committed. */
  public sealed interface Committable permits CommittableOffset, CommittableOffsetBatch {
    /**
     * Commits without gathering; a {@link Committer} does the same in batches.
     *
     * @return done when the group's log has it; fails with {@link CommitFailed} where it will not,
     *     in particular when the partition is not this member's any more: then its next reader
     *     begins with what was not committed
     */
    CompletionStage<Done> commit();
  }

  /** Which record of which group. */
  public record PartitionOffset(String groupId, TopicPartition partition, long offset) {}

  /** The offset of one record, which stands for all before it in its partition. */
  public static final class CommittableOffset implements Committable {
    private final Lease lease;
    private final long offset;
    private final int leaderEpoch;

    private CommittableOffset(Lease lease, long offset, int leaderEpoch) {
      this.lease = lease;
      this.offset = offset;
      this.leaderEpoch = leaderEpoch;
    }

    public PartitionOffset partitionOffset() {
      return new PartitionOffset(lease.group().groupId(), lease.partition(), offset);
    }

    @Override
    public CompletionStage<Done> commit() {
      return new CommittableOffsetBatch(List.of(this)).commit();
    }

    Lease lease() {
      return lease;
    }

    CommitBook.Position position() {
      return new CommitBook.Position(offset + 1, leaderEpoch, "");
    }

    private CommittableOffset later(CommittableOffset other) {
      return other.offset > offset ? other : this;
    }

    @Override
    public String toString() {
      return partitionOffset().toString();
    }
  }

  /** Offsets of several partitions, of one group or of several; the last of each counts. */
  public static final class CommittableOffsetBatch implements Committable {
    private final Map<Lease, CommittableOffset> last = new HashMap<>();

    private CommittableOffsetBatch(Collection<CommittableOffset> offsets) {
      offsets.forEach(offset -> last.merge(offset.lease(), offset, CommittableOffset::later));
    }

    /** Nothing yet. */
    public static CommittableOffsetBatch empty() {
      return new CommittableOffsetBatch(List.of());
    }

    /** This and one or several more. */
    public CommittableOffsetBatch updated(Committable more) {
      CommittableOffsetBatch both = new CommittableOffsetBatch(last.values());
      offsetsOf(more)
          .forEach(offset -> both.last.merge(offset.lease(), offset, CommittableOffset::later));
      return both;
    }

    /** The last of each partition. */
    public List<PartitionOffset> offsets() {
      return last.values().stream().map(CommittableOffset::partitionOffset).toList();
    }

    public boolean isEmpty() {
      return last.isEmpty();
    }

    @Override
    public CompletionStage<Done> commit() {
      return Commits.of(last.values()).thenCompose(Commits::doneOrFailed);
    }

    static Collection<CommittableOffset> offsetsOf(Committable committable) {
      return committable instanceof CommittableOffsetBatch batch
          ? batch.last.values()
          : List.of((CommittableOffset) committable);
    }

    @Override
    public String toString() {
      return last.values().toString();
    }
  }

  /** Any number of offsets as one. */
  public static CommittableOffsetBatch createCommittableOffsetBatch(
      Collection<? extends Committable> offsets) {
    CommittableOffsetBatch batch = CommittableOffsetBatch.empty();
    for (Committable offset : offsets) {
      batch = batch.updated(offset);
    }
    return batch;
  }

  static CompletionStage<Done> done() {
    return CompletableFuture.completedStage(Done.getInstance());
  }
}
