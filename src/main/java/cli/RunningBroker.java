package cli;

import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/** A broker in this process and the stream API on it. */
interface RunningBroker {
  /** The present one: a broker that the cluster has downed goes on in another. */
  ActorSystem<?> system();

  /** Where the Kafka listener really listens; differs from the settings where they said 0. */
  int kafkaPort();

  /** Completes when every record is acknowledged. */
  Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink();

  /**
   * As {@link #sink}.
   *
   * @param onAcknowledged called for each record that is acknowledged, in the order of sending
   */
  Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(Runnable onAcknowledged);

  /** Does not end by itself: what is appended later follows as it arrives. */
  Source<ConsumerRecord<byte[], byte[]>, ?> source(Map<TopicPartition, Long> fromOffsets);

  /** Completes when the broker has stopped, by {@link #stop} or by itself. */
  CompletionStage<Done> whenStopped();

  /** Stops cleanly: listener first, logs closed, marker written. */
  CompletionStage<Done> stop();
}
