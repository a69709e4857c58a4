package bench;

import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.Granary;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerSettings;
import streams.Subscriptions;
import streams.grpc.GranaryClient;

/**
 * {@link StreamMeter} for Granary's streams: with the broker in this JVM, or by gRPC.
 *
 * <pre>
 * GranaryStreams DIRECTORY
 * GranaryStreams GRPC_ENDPOINT KAFKA_BOOTSTRAP
 * </pre>
 */
public final class GranaryStreams {
  private GranaryStreams() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 1) {
      GranarySettings settings = GranarySettings.create().withDataDirectory(Path.of(arguments[0]));
      try (Granary granary = Granary.start(settings)) {
        new StreamMeter(
                new Settings(
                    ProducerSettings.create(
                        granary, new ByteArraySerializer(), new ByteArraySerializer()),
                    ConsumerSettings.create(
                        granary, new ByteArrayDeserializer(), new ByteArrayDeserializer())),
                granary.system(),
                granary.bootstrapServers())
            .serve();
      }
    } else {
      ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "program");
      try (GranaryClient client =
          GranaryClient.connect(system, arguments[0]).toCompletableFuture().get()) {
        new StreamMeter(
                new Settings(
                    client.producer(new ByteArraySerializer(), new ByteArraySerializer()),
                    client.consumer(new ByteArrayDeserializer(), new ByteArrayDeserializer())),
                system,
                arguments[1])
            .serve();
      }
      system.terminate();
    }
  }

  /** Settings as they come: nothing has to be chosen between throughput and latency. */
  private record Settings(
      ProducerSettings<byte[], byte[]> producer, ConsumerSettings<byte[], byte[]> consumer)
      implements StreamMeter.Contestant {
    @Override
    public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(boolean promptly) {
      return Producer.plainSink(producer);
    }

    @Override
    public Source<ConsumerRecord<byte[], byte[]>, ?> source(String topic, int partitions) {
      return Consumer.plainSource(
          consumer,
          Subscriptions.assignmentFromBeginning(
              IntStream.range(0, partitions)
                  .mapToObj(partition -> new TopicPartition(topic, partition))
                  .toArray(TopicPartition[]::new)));
    }
  }
}
