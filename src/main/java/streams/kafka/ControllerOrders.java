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
final class ControllerOrders {
  private final Node node;
  private final Duration timeout;
  private final long deadlineNanos;

  ControllerOrders(Node node, Duration timeout) {
    this.node = node;
    this.timeout = timeout;
    this.deadlineNanos = System.nanoTime() + timeout.toNanos();
  }

  /** A controller that does not answer in time is an expected refusal. */
  CompletionStage<Outcome<TopicImage>> send(
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
    Map<K, CompletableFuture<Outcome<TopicImage>>> answers = new LinkedHashMap<>();
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

  private <V> CompletionStage<Outcome<TopicImage>> answer(
      Outcome<V> wish, BiFunction<V, ActorRef<Outcome<TopicImage>>, Controller.Command> order) {
    return wish.fold(
        wanted -> send(replyTo -> order.apply(wanted, replyTo)),
        refused ->
            CompletableFuture.completedStage(
                new Outcome.Refused<>(refused.error(), refused.message())));
  }

  private static <K> Map<K, Outcome<TopicImage>> joined(
      Map<K, CompletableFuture<Outcome<TopicImage>>> answers) {
    Map<K, Outcome<TopicImage>> outcomes = new LinkedHashMap<>();
    answers.forEach((subject, answer) -> outcomes.put(subject, answer.join()));
    return outcomes;
  }

  private static boolean showsAll(
      ClusterMetadata image,
      Map<?, Outcome<TopicImage>> outcomes,
      BiPredicate<ClusterMetadata, TopicImage> visible) {
    return outcomes.values().stream()
        .allMatch(outcome -> outcome.fold(topic -> visible.test(image, topic), refused -> true));
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
