package storage.journal;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import scala.concurrent.Future;
import scala.concurrent.Promise;

/** Futures as Pekko's plugins want them. */
final class Futures {
  private Futures() {}

  /** Fails with the cause itself, not with the wrapper that stages put around it. */
  static <T> Future<T> asScala(CompletionStage<T> stage) {
    Promise<T> promise = Promise.apply();
    var unused =
        stage.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                promise.success(value);
              } else {
                promise.failure(causeOf(failure));
              }
            });
    return promise.future();
  }

  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
