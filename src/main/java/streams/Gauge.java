package streams;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.stage.AsyncCallback;
import scala.jdk.javaapi.FutureConverters;

/**
 * Figures of a stage for whoever asks, on any thread. The stage answers between two of its events,
 * so that figures cost it nothing while nobody asks; once it has ended, what it said last counts.
 */
final class Gauge<M> {
  private final AsyncCallback<CompletableFuture<M>> question;
  private volatile Optional<M> last = Optional.empty();

  /**
   * @param question is to complete what it is given
   */
  Gauge(AsyncCallback<CompletableFuture<M>> question) {
    this.question = question;
  }

  /** The stage has ended with these; to be called before its end is known to anybody. */
  void ended(M figures) {
    last = Optional.of(figures);
  }

  /** What it has ended with. */
  M last() {
    return last.orElseThrow();
  }

  CompletionStage<M> read() {
    CompletableFuture<M> answer = new CompletableFuture<>();
    return FutureConverters.asJava(question.invokeWithFeedback(answer))
        .handle((asked, ended) -> answer.isDone() ? answer.join() : last());
  }
}
