package streams;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Writing records. Both forms keep the order of the records of a partition and write each once,
 * retries included; hold no more than the settings allow, by not pulling; and wait, when upstream
 * completes, until everything is acknowledged. A record that cannot be written raises a {@link
 * ProduceFailed}, and the stage's supervision strategy decides: resume drops what failed, stop (the
 * default) fails the stream. Records of one batch fail together.
 */
public final class Producer {
  private Producer() {}

  /** Writes records; completes when the last one is acknowledged. */
  public static <K, V> Sink<ProducerRecord<K, V>, CompletionStage<Done>> plainSink(
      ProducerSettings<K, V> settings) {
    return Sink.fromGraph(new PlainProduceStage<>(settings));
  }

  /**
   * Writes the records of envelopes and emits, in the order of the envelopes, where they lie. An
   * envelope with a record that failed and was dropped has no result.
   */
  public static <K, V, P>
      Flow<ProducerMessage.Envelope<K, V, P>, ProducerMessage.Results<K, V, P>, NotUsed> flexiFlow(
          ProducerSettings<K, V> settings) {
    return Flow.fromGraph(new FlexiProduceStage<K, V, P>(settings, false));
  }

  /**
   * The same, but an envelope with a record that could not be written has a result too, a {@link
   * ProducerMessage.FailedResult}, and the stream goes on whatever the supervision strategy is.
   */
  public static <K, V, P>
      Flow<ProducerMessage.Envelope<K, V, P>, ProducerMessage.Results<K, V, P>, NotUsed>
          outcomeFlow(ProducerSettings<K, V> settings) {
    return Flow.fromGraph(new FlexiProduceStage<K, V, P>(settings, true));
  }
}
