package actors.partition;

import actors.LeaderEpoch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.Errors;
import storage.log.FetchRegion;

/**
 * What a replica answers to the edge. Each reply echoes the correlation that the request named, so
 * that one actor can have many requests under way without an actor or a future for each.
 */
public sealed interface ReplicaReply {
  /** As the request said. */
  long correlation();

  /**
   * Answer to {@link Replica.Append}.
   *
   * @param baseOffset of the first record; of the first copy, if this was a duplicate; -1 on error
   * @param logAppendTimeMillis the broker's time, or -1 where the topic keeps the producer's
   * @param logStartOffset first offset still in the log
   * @param message a sentence for the client where there is more to say than the code
   */
  record Appended(
      long correlation,
      Errors error,
      long baseOffset,
      long logAppendTimeMillis,
      long logStartOffset,
      Optional<String> message)
      implements ReplicaReply {}

  /**
   * Answer to {@link Replica.Read}. Sent at once; and, where the request asked to wait and nothing
   * was there, a second time when something is.
   *
   * @param region the bytes, or empty
   * @param highWatermark as of this answer; -1 on error
   * @param lastStableOffset readers of committed transactions see up to here
   * @param waiting nothing was there and the reader is registered: a second reply comes when there
   *     is
   */
  record Data(
      long correlation,
      Errors error,
      Optional<FetchRegion> region,
      long highWatermark,
      long lastStableOffset,
      long logStartOffset,
      boolean waiting)
      implements ReplicaReply {

    /** The same, of a reader that has registered again since. */
    public Data asWaiting() {
      return new Data(
          correlation, error, region, highWatermark, lastStableOffset, logStartOffset, true);
    }
  }

  /**
   * Answer to {@link Replica.Read} where the leader is on another broker and something is there:
   * the bytes are there still, and are read and sent when they are asked for.
   *
   * @param data what there is to say without them; its region is empty
   */
  record Offered(Data data, FarBytes bytes) implements ReplicaReply {
    @Override
    public long correlation() {
      return data.correlation();
    }
  }

  /** Bytes in a file of another broker. */
  interface FarBytes {
    int size();

    /**
     * Has them brought here; to be called once at most, by any thread.
     *
     * @return the bytes, as a read of the region would give them; fails with a retriable exception
     *     of Kafka's when the other broker is gone or too much is under way
     */
    CompletionStage<ByteBuffer> load();
  }

  /**
   * Answer to the questions about offsets.
   *
   * @param offset -1 where nothing fits
   * @param timestampMillis of that record, or -1
   * @param leaderEpoch of that record, or -1
   */
  record OffsetFound(
      long correlation, Errors error, long offset, long timestampMillis, int leaderEpoch)
      implements ReplicaReply {}

  /**
   * Answer to {@link Replica.DeleteRecords}.
   *
   * @param error REQUEST_TIMED_OUT where it is deleted here, but not known to be everywhere
   * @param lowWatermark the offset before which all is deleted on every replica that is there or
   *     may lead next without loss, at least the one asked for; -1 on error
   */
  record RecordsDeleted(long correlation, Errors error, long lowWatermark)
      implements ReplicaReply {}

  /**
   * Answer to {@link Replica.Describe}.
   *
   * @param error KAFKA_STORAGE_ERROR where the disk has failed under it, NOT_LEADER_OR_FOLLOWER
   *     where it has no log yet; then nothing else is known
   * @param sizeBytes of the segments, or -1
   * @param logEndOffset exclusive, or -1
   * @param lagOffsets from the log's end to the high watermark that it has heard of, or -1
   * @param leading what a leader knows of its partition; empty for every other replica
   */
  record Described(
      long correlation,
      Errors error,
      long sizeBytes,
      long logEndOffset,
      long lagOffsets,
      Optional<PartitionState> leading)
      implements ReplicaReply {}

  /**
   * A partition as its leader sees it.
   *
   * @param inSync the ISR as the controller has confirmed it, the leader among them
   * @param outOfSync all other replicas
   */
  record PartitionState(
      int leader,
      LeaderEpoch epoch,
      long highWatermark,
      List<ReplicaState> inSync,
      List<ReplicaState> outOfSync) {}

  /**
   * One replica as its leader sees it; -1 for what it has not heard in its epoch.
   *
   * @param logEndOffset exclusive
   * @param fetchedMillis when it spoke last, wall clock
   * @param caughtUpMillis when it last held all that the leader had, wall clock
   */
  record ReplicaState(int brokerId, long logEndOffset, long fetchedMillis, long caughtUpMillis) {}
}
