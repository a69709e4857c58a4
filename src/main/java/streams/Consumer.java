package streams;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import streams.ConsumerMessage.CommittableMessage;

/**
 * Reading records. Demand reaches the log: a partition is read one piece ahead of the downstream,
 * and nobody polls: at the end of the log its leader is asked once to tell when there is more.
 */
public final class Consumer {
  private Consumer() {}

  /**
   * The records of the subscribed partitions, each partition's in order of offset. By a
   * subscription to topics it reads in a group, which gives it partitions and takes them away; it
   * commits nothing, so that where a partition starts is for whoever commits in another way. Does
   * not end by itself. Fails with {@link ConsumeFailed} if a partition cannot be read on; a record
   * that cannot be deserialized goes by the supervision strategy: resume leaves it out.
   */
  public static <K, V> Source<ConsumerRecord<K, V>, Control> plainSource(
      ConsumerSettings<K, V> settings, Subscription subscription) {
    return subscription instanceof PartitionAssignment assignment
        ? Source.fromGraph(new ConsumeStage<>(settings, assignment))
        : Source.fromGraph(
            new GroupStage<>(
                settings, (AutoSubscription) subscription, false, (lease, record) -> record));
  }

  /**
   * The records of the member's share of the topics, each with an offset to be committed when it
   * has been dealt with. A partition that is to move to another member gives nothing more from then
   * on, and moves when all that it gave is committed: so nobody reads a record twice, and none is
   * left out, unless somebody crashes or does not commit within {@code drain-timeout}. The others
   * go on meanwhile. To filter, commit the offsets of what is left out as well.
   *
   * <p>Fails with {@link ConsumeFailed} as {@link #plainSource} does, and with {@link GroupFailed}
   * where the group does not take it.
   */
  public static <K, V> Source<CommittableMessage<K, V>, Control> committableSource(
      ConsumerSettings<K, V> settings, AutoSubscription subscription) {
    return Source.fromGraph(
        new GroupStage<K, V, CommittableMessage<K, V>>(
            settings, subscription, true, CommittableMessage::of));
  }

  /**
   * The same with a source for each partition that the member is given. It completes when the
   * partition is to move; each is to be run, once.
   */
  public static <K, V>
      Source<Pair<TopicPartition, Source<CommittableMessage<K, V>, NotUsed>>, Control>
          committablePartitionedSource(
              ConsumerSettings<K, V> settings, AutoSubscription subscription) {
    return Source.fromGraph(
        new PartitionedStage<K, V, CommittableMessage<K, V>>(
            settings, subscription, true, CommittableMessage::of));
  }

  /**
   * As {@link #committablePartitionedSource} for streams that commit nothing, or in another way: a
   * partition moves once its stream has taken the last record that it was given, which shows when
   * it asks for the next one.
   */
  public static <K, V>
      Source<Pair<TopicPartition, Source<ConsumerRecord<K, V>, NotUsed>>, Control>
          plainPartitionedSource(ConsumerSettings<K, V> settings, AutoSubscription subscription) {
    return Source.fromGraph(
        new PartitionedStage<K, V, ConsumerRecord<K, V>>(
            settings, subscription, false, (lease, record) -> record));
  }

  /**
   * Each record is committed before it is given out: whatever happens, no record comes twice, but
   * one may be lost. That is a question to the coordinator for every record.
   */
  public static <K, V> Source<ConsumerRecord<K, V>, Control> atMostOnceSource(
      ConsumerSettings<K, V> settings, AutoSubscription subscription) {
    return committableSource(settings, subscription)
        .mapAsync(
            1,
            message ->
                Commits.of(List.of(message.committableOffset()))
                    .thenCompose(rest -> Commits.unlessLost(rest, message.record())))
        .mapConcat(records -> records);
  }

  /**
   * A control and what its stream's sink materialized, in one; for {@code toMat}.
   *
   * @param streamCompletion done when the stream has dealt with everything
   */
  public static <T> DrainingControl<T> createDrainingControl(
      Control control, CompletionStage<T> streamCompletion) {
    return new DrainingControl<>(control, streamCompletion);
  }

  /** Ends a stream without loss: see {@link #drainAndShutdown}. */
  public static final class DrainingControl<T> implements Control {
    private final Control control;
    private final CompletionStage<T> streamCompletion;

    private DrainingControl(Control control, CompletionStage<T> streamCompletion) {
      this.control = control;
      this.streamCompletion = streamCompletion;
    }

    /**
     * The source gives nothing more; what it gave is dealt with and committed, then the member
     * leaves its group.
     *
     * @return the stream's result, after that
     */
    public CompletionStage<T> drainAndShutdown(Executor executor) {
      return drainAndShutdown(streamCompletion, executor);
    }

    /** What the stream's sink materialized. */
    public CompletionStage<T> streamCompletion() {
      return streamCompletion;
    }

    @Override
    public CompletionStage<Done> stop() {
      return control.stop();
    }

    @Override
    public CompletionStage<Done> shutdown() {
      return control.shutdown();
    }

    @Override
    public CompletionStage<Done> isShutdown() {
      return control.isShutdown();
    }

    @Override
    public CompletionStage<ConsumerMetrics> metrics() {
      return control.metrics();
    }
  }

  /** Ends a running source. Safe from any thread, at any time, more than once. */
  public interface Control {
    /**
     * Nothing more is fetched; what was read already still comes, then the source completes. One
     * that reads in a group completes at once, and its member leaves when what was given out is
     * committed, or after {@code drain-timeout}.
     *
     * @return done when it has
     */
    CompletionStage<Done> stop();

    /**
     * The source completes at once. After {@link #stop}, the member of a group does not wait any
     * longer for what was given out to be committed.
     */
    CompletionStage<Done> shutdown();

    /** Done when the source has ended, for whatever reason. */
    CompletionStage<Done> isShutdown();

    /**
     * What the source has done and has under way. The stage is asked, and counts next to nothing
     * while nobody asks.
     *
     * @return never fails; once the source has ended, what it has done
     */
    CompletionStage<ConsumerMetrics> metrics();

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
