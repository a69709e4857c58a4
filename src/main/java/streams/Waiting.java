package streams;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The calls that wait, for programs that do nothing else meanwhile. */
final class Waiting {
  private Waiting() {}

  /**
   * @param what for the message, such as "broker 1 to stop"
   * @throws RuntimeException what the stage failed with, or that it took too long
   */
  static <T> T join(CompletionStage<T> stage, Duration atMost, String what) {
    try {
      return stage.toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw asThrown(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("waited " + atMost.toSeconds() + " s in vain for " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + what, e);
    }
  }

  private static RuntimeException asThrown(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new CompletionException(cause);
  }

  /** What was thrown inside a stage. */
  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
