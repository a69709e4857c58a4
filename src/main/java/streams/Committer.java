package streams;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import streams.ConsumerMessage.Committable;
import streams.ConsumerMessage.CommittableOffsetBatch;

/**
 * Commits in batches what a stream has dealt with, by number and by time. When a partition is to
 * move, or the stream ends, what is gathered is committed at once. Offsets of a partition that has
 * moved already are passed over: its next reader begins with them.
 */
public final class Committer {
  private Committer() {}

  /**
   * Gives out each batch once it is committed. Fails with {@link CommitFailed} where the group
   * refuses a commit for good; if the upstream fails, what it gave is committed first.
   */
  public static <C extends Committable> Flow<C, CommittableOffsetBatch, NotUsed> batchFlow(
      CommitterSettings settings) {
    return Flow.fromGraph(new CommitStage<C>(settings));
  }

  /** The same, with a mark for each batch. */
  public static <C extends Committable> Flow<C, Done, NotUsed> flow(CommitterSettings settings) {
    return Committer.<C>batchFlow(settings).map(batch -> Done.getInstance());
  }

  /**
   * Commits all that comes.
   *
   * @return its materialized value is done when the upstream has completed and all is committed
   */
  public static <C extends Committable> Sink<C, CompletionStage<Done>> sink(
      CommitterSettings settings) {
    return Committer.<C>batchFlow(settings).toMat(Sink.ignore(), Keep.right());
  }
}
