package cli;

import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.Granary;
import streams.GranarySettings;
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerSettings;
import streams.Subscriptions;
import streams.grpc.GrpcEdge;

/** The broker of this program. */
record EmbeddedBroker(Granary granary) implements RunningBroker {
  static CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings) {
    return Granary.startAsync(GranarySettings.of(settings, overrides).withEdge(new GrpcEdge()))
        .thenApply(EmbeddedBroker::new);
  }

  @Override
  public ActorSystem<?> system() {
    return granary.system();
  }

  @Override
  public int kafkaPort() {
    return granary.kafkaPort();
  }

  @Override
  public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink() {
    return Producer.plainSink(producer());
  }

  private ProducerSettings<byte[], byte[]> producer() {
    return ProducerSettings.create(granary, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(Runnable onAcknowledged) {
    return Flow.<ProducerRecord<byte[], byte[]>>create()
        .map(record -> ProducerMessage.single(record))
        .via(Producer.flexiFlow(producer()))
        .toMat(Sink.foreach(result -> onAcknowledged.run()), Keep.right());
  }

  @Override
  public Source<ConsumerRecord<byte[], byte[]>, ?> source(Map<TopicPartition, Long> fromOffsets) {
    return Consumer.plainSource(
        ConsumerSettings.create(granary, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
        Subscriptions.assignmentWithOffset(fromOffsets));
  }

  @Override
  public CompletionStage<Done> whenStopped() {
    return granary.whenStopped();
  }

  @Override
  public CompletionStage<Done> stop() {
    return granary.closeAsync();
  }
}
