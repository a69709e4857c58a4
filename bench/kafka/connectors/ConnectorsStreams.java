package bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.kafka.ConsumerSettings;
import org.apache.pekko.kafka.ProducerSettings;
import org.apache.pekko.kafka.Subscriptions;
import org.apache.pekko.kafka.javadsl.Consumer;
import org.apache.pekko.kafka.javadsl.Producer;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;

/**
 * {@link StreamMeter} for Pekko Connectors Kafka.
 *
 * <pre>ConnectorsStreams KAFKA_BOOTSTRAP</pre>
 */
public final class ConnectorsStreams {
  private ConnectorsStreams() {}

  public static void main(String[] arguments) throws Exception {
    ActorSystem system = ActorSystem.create("program");
    new StreamMeter(new Settings(system, arguments[0]), system, arguments[0]).serve();
    system.terminate();
  }

  /** As it comes, but for batches: large and gathered a while for throughput, at once otherwise. */
  private record Settings(ActorSystem system, String bootstrap) implements StreamMeter.Contestant {
    @Override
    public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(boolean promptly) {
      return Producer.plainSink(
          ProducerSettings.create(system, new ByteArraySerializer(), new ByteArraySerializer())
              .withBootstrapServers(bootstrap)
              .withProperty("acks", "all")
              .withProperty("batch.size", "65536")
              .withProperty("linger.ms", promptly ? "0" : "5"));
    }

    @Override
    public Source<ConsumerRecord<byte[], byte[]>, ?> source(String topic, int partitions) {
      Map<TopicPartition, Long> beginnings = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        beginnings.put(new TopicPartition(topic, partition), 0L);
      }
      return Consumer.plainSource(
          ConsumerSettings.create(system, new ByteArrayDeserializer(), new ByteArrayDeserializer())
              .withBootstrapServers(bootstrap)
              .withStopTimeout(Duration.ZERO), // its topic goes soon
          Subscriptions.assignmentWithOffset(beginnings));
    }
  }
}
