package streams.kafka;

import actors.broker.Node;
import actors.controller.ClusterMetadata;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * Waits for the image that has reached this broker to say something, so that a client which was
 * told of a change finds it here with its next request.
 */
public final class ImageWait {
  /** The image comes within milliseconds of the controller's answer. */
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private ImageWait() {}

  /**
   * Completes, never fails: with whether the condition held in time. From any thread.
   *
   * @param atMost nothing left: looked at once
   */
  public static CompletionStage<Boolean> until(
      Node node, Duration atMost, Predicate<ClusterMetadata> condition) {
    CompletableFuture<Boolean> held = new CompletableFuture<>();
    look(node, System.nanoTime() + atMost.toNanos(), condition, held);
    return held;
  }

  private static void look(
      Node node,
      long deadlineNanos,
      Predicate<ClusterMetadata> condition,
      CompletableFuture<Boolean> held) {
    if (condition.test(node.metadata())) {
      held.complete(true);
    } else if (System.nanoTime() - deadlineNanos >= 0) {
      held.complete(false);
    } else {
      node.system()
          .scheduler()
          .scheduleOnce(
              INTERVAL,
              () -> look(node, deadlineNanos, condition, held),
              node.system().executionContext());
    }
  }
}
