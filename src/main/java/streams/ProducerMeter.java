package streams;

import java.util.concurrent.CompletionStage;

/**
 * Shows what stages do that write: those with {@link ProducerSettings#withMeter settings that name
 * it}, all of them together, those that have ended too. A sink has no control as a source has, and
 * what it materializes is when it is done. Safe from any thread.
 */
public final class ProducerMeter {
  private final Gauges<ProducerMetrics> gauges = new Gauges<>(ProducerMetrics.NONE);

  private ProducerMeter() {}

  public static ProducerMeter create() {
    return new ProducerMeter();
  }

  /**
   * What the stages have done and have under way. They are asked, and count next to nothing while
   * nobody asks.
   *
   * @return never fails
   */
  public CompletionStage<ProducerMetrics> metrics() {
    return gauges.read();
  }

  Gauges<ProducerMetrics> gauges() {
    return gauges;
  }
}
