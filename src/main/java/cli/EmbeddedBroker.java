package cli;

import actors.broker.GranaryNode;
import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import streams.Consumer;
import streams.ConsumerSettings;
import streams.Producer;
import streams.ProducerSettings;
import streams.Subscriptions;
import streams.kafka.KafkaServer;

/** The broker of this program: its node and its Kafka listener. */
final class EmbeddedBroker implements BrokerLauncher {
  @Override
  public CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings) {
    return GranaryNode.start(overrides, settings).thenCompose(EmbeddedBroker::listening);
  }

  private static CompletionStage<RunningBroker> listening(GranaryNode node) {
    try {
      return CompletableFuture.completedStage(new Running(node, KafkaServer.start(node)));
    } catch (IOException notBound) {
      return node.stop()
          .thenCompose(
              done -> CompletableFuture.failedStage(CommandFailure.failed(notBound.getMessage())));
    }
  }

  private record Running(GranaryNode node, KafkaServer server) implements RunningBroker {
    @Override
    public ActorSystem<?> system() {
      return node.system();
    }

    @Override
    public int kafkaPort() {
      return server.port();
    }

    @Override
    public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink() {
      return Producer.plainSink(
          ProducerSettings.create(node, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    @Override
    public Source<ConsumerRecord<byte[], byte[]>, ?> source(Map<TopicPartition, Long> fromOffsets) {
      return Consumer.plainSource(
          ConsumerSettings.create(node, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          Subscriptions.assignmentWithOffset(fromOffsets));
    }

    @Override
    public CompletionStage<Done> stop() {
      return server.stop().thenCompose(closed -> node.stop());
    }
  }
}
