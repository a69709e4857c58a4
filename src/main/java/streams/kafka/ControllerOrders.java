package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.Controller.PartitionResults;
import actors.controller.TopicImage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/**
 * The orders of one request to the controller: each is answered in bounded time, and the request
 * once what it changed has reached this broker.
 */
public final class ControllerOrders {
  private final Node node;
  private final Duration timeout;
  private final long deadlineNanos;

  /**
   * @param timeout for all orders of the request together
   */
  public ControllerOrders(Node node, Duration timeout) {
    this.node = node;
    this.timeout = timeout;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  /** A controller that does not answer in time is an expected refusal. */
  public CompletionStage<Outcome<TopicImage>> send(
      Function<ActorRef<Outcome<TopicImage>>, Controller.Command> order) {
    return ask(order);
  }

  /**
   * One order about many partitions; completes when what was accepted is visible in this broker's
   * image.
   */
  CompletionStage<Outcome<PartitionResults>> sendAboutPartitions(
      Function<ActorRef<Outcome<PartitionResults>>, Controller.Command> order) {
    return ask(order).thenCompose(this::onceVisible);
  }

  private CompletionStage<Outcome<PartitionResults>> onceVisible(
      Outcome<PartitionResults> outcome) {
    long version = outcome.fold(PartitionResults::version, refused -> 0L);
    return ImageWait.until(node, imageWait(), image -> image.version() >= version)
        .thenApply(inTime -> outcome);
  }

  private <T> CompletionStage<Outcome<T>> ask(
      Function<ActorRef<Outcome<T>>, Controller.Command> order) {
    return AskPattern.<Controller.Command, Outcome<T>>ask(
            node.controller(), order::apply, timeout, node.system().scheduler())
        .exceptionally(this::timedOut);
  }

  /**
   * Sends all wishes at once. Completes with what became of each, when what was accepted is visible
   * in this broker's image. A change is durable before that: an image that comes too late makes no
   * error.
   */
  <K, V> CompletionStage<Map<K, Outcome<TopicImage>>> carryOut(
      Wishes<K, V> wishes,
      BiFunction<V, ActorRef<Outcome<TopicImage>>, Controller.Command> order,
      BiPredicate<ClusterMetadata, TopicImage> visible) {
    return carryOutAll(wishes, order, visible);
  }

  /** The same for wishes about brokers. */
  <K, V> CompletionStage<Map<K, Outcome<Controller.Altered>>> carryOutOnBrokers(
      Wishes<K, V> wishes,
      BiFunction<V, ActorRef<Outcome<Controller.Altered>>, Controller.Command> order,
      BiPredicate<ClusterMetadata, Controller.Altered> visible) {
    return carryOutAll(wishes, order, visible);
  }

  private <K, V, T> CompletionStage<Map<K, Outcome<T>>> carryOutAll(
      Wishes<K, V> wishes,
      BiFunction<V, ActorRef<Outcome<T>>, Controller.Command> order,
      BiPredicate<ClusterMetadata, T> visible) {
    Map<K, CompletableFuture<Outcome<T>>> answers = new LinkedHashMap<>();
    wishes
        .bySubject()
        .forEach(
            (subject, wish) -> answers.put(subject, answer(wish, order).toCompletableFuture()));
    return CompletableFuture.allOf(answers.values().toArray(CompletableFuture[]::new))
        .thenApply(done -> joined(answers))
        .thenCompose(
            outcomes ->
                ImageWait.until(node, imageWait(), image -> showsAll(image, outcomes, visible))
                    .thenApply(inTime -> outcomes));
  }

  private <V, T> CompletionStage<Outcome<T>> answer(
      Outcome<V> wish, BiFunction<V, ActorRef<Outcome<T>>, Controller.Command> order) {
    return wish.fold(
        wanted -> this.<T>ask(replyTo -> order.apply(wanted, replyTo)),
        refused ->
            CompletableFuture.completedStage(
                new Outcome.Refused<>(refused.error(), refused.message())));
  }

  private static <K, T> Map<K, Outcome<T>> joined(Map<K, CompletableFuture<Outcome<T>>> answers) {
    Map<K, Outcome<T>> outcomes = new LinkedHashMap<>();
    answers.forEach((subject, answer) -> outcomes.put(subject, answer.join()));
    return outcomes;
  }

  private static <T> boolean showsAll(
      ClusterMetadata image, Map<?, Outcome<T>> outcomes, BiPredicate<ClusterMetadata, T> visible) {
    return outcomes.values().stream()
        .allMatch(outcome -> outcome.fold(done -> visible.test(image, done), refused -> true));
  }

  private Duration imageWait() {
    Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
    return left.compareTo(RequestLimits.IMAGE_WAIT_MAX) < 0 ? left : RequestLimits.IMAGE_WAIT_MAX;
  }

  private <T> Outcome<T> timedOut(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TimeoutException) {
      return Outcome.refused(
          Errors.REQUEST_TIMED_OUT,
          "the controller has not answered within %d ms; the change may still happen",
          timeout.toMillis());
    }
    throw new CompletionException(cause);
  }
}
