package streams;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The figures of stages that come and go, together. Any thread. */
final class Gauges<M extends Figures<M>> {
  private final Set<Gauge<M>> running = new LinkedHashSet<>();

  /** Of those that have ended. */
  private M past;

  Gauges(M none) {
    past = none;
  }

  synchronized void add(Gauge<M> gauge) {
    running.add(gauge);
  }

  /**
   * @param gauge of a stage that has ended
   */
  synchronized void remove(Gauge<M> gauge) {
    if (running.remove(gauge)) {
      past = past.plus(gauge.last());
    }
  }

  CompletionStage<M> read() {
    M sum;
    List<Gauge<M>> asked;
    synchronized (this) {
      sum = past;
      asked = List.copyOf(running);
    }
    CompletionStage<M> all = CompletableFuture.completedStage(sum);
    for (Gauge<M> gauge : asked) {
      all = all.thenCombine(gauge.read(), Figures::plus);
    }
    return all;
  }
}
