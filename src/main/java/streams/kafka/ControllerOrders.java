package streams.kafka;

import actors.Outcome;
import actors.broker.Node;
import actors.controller.ClusterMetadata;
import actors.controller.Controller;
import actors.controller.TopicImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
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
    return AskPattern.<Controller.Command, Outcome<TopicImage>>ask(
            node.controller(), order::apply, timeout, node.system().scheduler())
        .exceptionally(this::timedOut);
  }

  /** Sends the order, or passes the refusal on. */
  <T> CompletionStage<Outcome<TopicImage>> send(
      Outcome<T> subject,
      Function<T, Function<ActorRef<Outcome<TopicImage>>, Controller.Command>> order) {
    return subject.fold(
        accepted -> send(order.apply(accepted)),
        refused ->
            CompletableFuture.completedStage(
                new Outcome.Refused<>(refused.error(), refused.message())));
  }

  /**
   * All outcomes in the order of their sending, once what was accepted is visible in this broker's
   * image. The change is durable before that: an image that comes too late makes no error.
   */
  CompletionStage<List<Outcome<TopicImage>>> settle(
      List<CompletionStage<Outcome<TopicImage>>> orders,
      BiPredicate<ClusterMetadata, TopicImage> visible) {
    return all(orders)
        .thenCompose(
            outcomes ->
                ImageWait.until(
                        node,
                        imageWait(),
                        image ->
                            outcomes.stream().allMatch(outcome -> shows(image, outcome, visible)))
                    .thenApply(inTime -> outcomes));
  }

  private static boolean shows(
      ClusterMetadata image,
      Outcome<TopicImage> outcome,
      BiPredicate<ClusterMetadata, TopicImage> visible) {
    return outcome.fold(topic -> visible.test(image, topic), refused -> true);
  }

  private Duration imageWait() {
    Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
    return left.compareTo(RequestLimits.IMAGE_WAIT_MAX) < 0 ? left : RequestLimits.IMAGE_WAIT_MAX;
  }

  private static <T> CompletionStage<List<T>> all(List<CompletionStage<T>> stages) {
    List<CompletableFuture<T>> futures =
        stages.stream().map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
  }

  private Outcome<TopicImage> timedOut(Throwable failure) {
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
