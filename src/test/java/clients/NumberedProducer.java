package clients;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.LongSerializer;

/**
 * Sends numbers at a steady rate with Kafka's idempotent producer, and writes down what became of
 * each.
 */
final class NumberedProducer implements Runnable {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final Map<String, Object> settings;
  private final String topic;
  private final int partitions;
  private final int perSecond;
  private final Recorder recorder;
  private final Random random;
  private final AtomicReference<Exception> lastFailure = new AtomicReference<>();
  private volatile boolean stopping;

  /**
   * @param deliveryTimeout after which a send is given up, whose end nobody knows then
   */
  NumberedProducer(
      RunningCluster cluster,
      Workload workload,
      Duration deliveryTimeout,
      Recorder recorder,
      Random random) {
    this.settings = new HashMap<>(cluster.clientSettings());
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) deliveryTimeout.toMillis());
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, deliveryTimeout.toMillis());
    settings.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) deliveryTimeout.dividedBy(3).toMillis());
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 2);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 1000);
    settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
    settings.put(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, 20);
    settings.put(ProducerConfig.RETRY_BACKOFF_MAX_MS_CONFIG, 200);
    this.topic = workload.topic();
    this.partitions = workload.partitions();
    this.perSecond = workload.perSecond();
    this.recorder = recorder;
    this.random = random;
  }

  @Override
  public void run() {
    while (!stopping) {
      try (Producer<Long, Long> producer =
          new KafkaProducer<>(settings, new LongSerializer(), new LongSerializer())) {
        send(producer, recorder.newProducer());
      } catch (KafkaException fatal) {
        // This producer can do no more: the next one is another producer, with an order of its own.
        lastFailure.set(fatal);
      }
    }
  }

  private void send(Producer<Long, Long> producer, int name) {
    long start = System.nanoTime();
    for (long count = 0; !stopping; count++) {
      long ahead = count * NANOS_PER_SECOND / perSecond - (System.nanoTime() - start);
      if (ahead > 0) {
        LockSupport.parkNanos(ahead);
      } else if (-ahead > NANOS_PER_SECOND) {
        // What could not be sent in time is not made up for.
        start = System.nanoTime() - count * NANOS_PER_SECOND / perSecond;
      }
      int partition = random.nextInt(partitions);
      Recorder.Sent sent = recorder.sending(name, partition);
      var unused =
          producer.send(
              new ProducerRecord<>(topic, partition, sent.value(), sent.value()),
              (metadata, failure) ->
                  ended(sent, failure == null ? metadata.offset() : -1, failure));
    }
  }

  private void ended(Recorder.Sent sent, long offset, Exception failure) {
    if (failure == null) {
      sent.acked(offset);
      return;
    }
    lastFailure.set(failure);
    if (failure instanceof RecordTooLargeException || failure instanceof InvalidTopicException) {
      sent.failed();
    }
  }

  /** The last reason for which a send, or the producer itself, failed. */
  AtomicReference<Exception> lastFailure() {
    return lastFailure;
  }

  /** No new sends; those under way come to their ends. */
  void stop() {
    stopping = true;
  }
}
