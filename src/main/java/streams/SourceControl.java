package streams;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.stage.AsyncCallback;

/** Passes orders to the stage; those that come after its end have nothing to do. */
final class SourceControl implements Consumer.Control {
  private final CompletableFuture<Done> ended = new CompletableFuture<>();
  private final AsyncCallback<Order> orders;

  enum Order {
    STOP,
    SHUTDOWN
  }

  SourceControl(AsyncCallback<Order> orders) {
    this.orders = orders;
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

  void ended() {
    ended.complete(Done.getInstance());
  }
}
