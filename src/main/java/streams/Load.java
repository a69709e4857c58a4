package streams;

import actors.partition.ReplicaReply.FarBytes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RetriableException;
import storage.log.FetchRegion;

/** How a piece that a leader has told of comes into memory. */
interface Load {
  /**
   * @param from first offset wanted
   * @param files where files are read and checksums verified
   * @return fails with whatever is wrong with file, bytes or the way to them
   */
  CompletionStage<Chunk> begin(long from, Executor files);

  /** From a file of this broker. */
  static Load of(FetchRegion region, Transport transport) {
    return (from, files) ->
        CompletableFuture.supplyAsync(() -> Chunk.verified(transport.read(region), from), files);
  }

  /** From another broker. */
  static Load of(FarBytes bytes) {
    return (from, files) ->
        bytes.load().thenApplyAsync(arrived -> Chunk.verified(arrived, from), files);
  }

  /** Whether it was the way to the bytes, and nothing is said of the bytes themselves. */
  static boolean isUnderWay(Throwable failure) {
    return failure instanceof RetriableException && !(failure instanceof CorruptRecordException);
  }
}
