package streams;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.pekko.Done;

/**
 * Ends a source that reads in a group: the stage at once, the member when what was emitted is
 * committed; with a second order it waits for that no longer.
 */
final class GroupControl implements Consumer.Control {
  private final GroupHandle handle;
  private final Runnable completeStage;
  private final Supplier<CompletionStage<ConsumerMetrics>> metrics;
  private final AtomicBoolean ordered = new AtomicBoolean();

  GroupControl(
      GroupHandle handle,
      Runnable completeStage,
      Supplier<CompletionStage<ConsumerMetrics>> metrics) {
    this.handle = handle;
    this.completeStage = completeStage;
    this.metrics = metrics;
  }

  @Override
  public CompletionStage<Done> stop() {
    ordered.set(true);
    completeStage.run();
    return isShutdown();
  }

  @Override
  public CompletionStage<Done> shutdown() {
    if (ordered.getAndSet(true)) {
      handle.stageEnded(false);
    }
    completeStage.run();
    return isShutdown();
  }

  @Override
  public CompletionStage<Done> isShutdown() {
    return handle.whenEnded();
  }

  @Override
  public CompletionStage<ConsumerMetrics> metrics() {
    return metrics.get();
  }
}
