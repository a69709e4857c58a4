package streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.stage.AsyncCallback;

/** Passes orders to the stage; those that come after its end have nothing to do. */
final class SourceControl implements Consumer.Control {
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private final AsyncCallback<Order> orders;
  private final Gauge<ConsumerMetrics> gauge;

  enum Order {
    STOP,
    SHUTDOWN
  }

  SourceControl(AsyncCallback<Order> orders, Gauge<ConsumerMetrics> gauge) {
    this.orders = orders;
    this.gauge = gauge;
  }

  @Override
  public CompletionStage<Done> stop() {
    orders.invoke(Order.STOP);
    return isShutdown();
  }

  @Override
  public CompletionStage<Done> shutdown() {
    orders.invoke(Order.SHUTDOWN);
    return isShutdown();
  }

  @Override
  public CompletionStage<Done> isShutdown() {
    return ended.minimalCompletionStage();
  }

  @Override
  public CompletionStage<ConsumerMetrics> metrics() {
    return gauge.read();
  }

  void ended() {
    ended.complete(Done.getInstance());
  }
}
