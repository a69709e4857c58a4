package streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Source;

/**
 * Reading records. Demand reaches the log: a partition is read one piece ahead of the downstream,
 * and nobody polls: at the end of the log its leader is asked once to tell when there is more.
 */
public final class Consumer {
  private Consumer() {}

  /**
   * The records of the subscribed partitions, each partition's in order of offset. Does not end by
   * itself. Fails with {@link ConsumeFailed} if a partition cannot be read on; a record that cannot
   * be deserialized goes by the supervision strategy: resume leaves it out.
   */
  public static <K, V> Source<ConsumerRecord<K, V>, Control> plainSource(
      ConsumerSettings<K, V> settings, Subscription subscription) {
    return Source.fromGraph(new ConsumeStage<>(settings, subscription));
  }

  /** Ends a running source. Safe from any thread, at any time, more than once. */
  public interface Control {
    /**
     * Nothing more is fetched; what was read already still comes, then the source completes.
     *
     * @return done when it has
     */
    CompletionStage<Done> stop();

    /** The source completes at once. */
    CompletionStage<Done> shutdown();

    /** Done when the source has ended, for whatever reason. */
    CompletionStage<Done> isShutdown();

    /**
     * Stops, lets the rest of the stream finish with what was read, then shuts down.
     *
     * @param streamCompletion what the stream's sink materialized
     * @return its result, when the source is shut down
     */
    default <T> CompletionStage<T> drainAndShutdown(
        CompletionStage<T> streamCompletion, Executor executor) {
      CompletionStage<Done> stopped = stop();
      return streamCompletion
          .handleAsync(
              (result, failure) ->
                  shutdown()
                      .thenCombine(stopped, (shut, alsoStopped) -> Done.getInstance())
                      .thenCompose(
                          done ->
                              failure == null
                                  ? CompletableFuture.completedStage(result)
                                  : CompletableFuture.<T>failedStage(failure)),
              executor)
          .thenCompose(Function.identity());
    }
  }
}
