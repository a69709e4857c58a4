package cli;

import actors.broker.Edge;
import actors.broker.GranaryNode;
import actors.broker.Node;
import actors.broker.NodeSettings;
import com.typesafe.config.Config;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
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
import streams.Producer;
import streams.ProducerMessage;
import streams.ProducerSettings;
import streams.Subscriptions;
import streams.grpc.GrpcServer;
import streams.kafka.AddressWatch;
import streams.kafka.KafkaServer;

/** The broker of this program: its node, its Kafka listener, and one for gRPC if it is wanted. */
final class EmbeddedBroker implements BrokerLauncher {
  /** There where a cluster file describes the broker. */
  private static final String CLUSTER = "granary.cluster";

  @Override
  public CompletionStage<RunningBroker> launch(Config overrides, NodeSettings settings) {
    Listener listener = new Listener(overrides.hasPath(CLUSTER));
    return GranaryNode.start(overrides, settings, listener)
        .thenApply(node -> new Running(node, listener));
  }

  /** The listeners on whichever actor system the node has. */
  private static final class Listener implements Edge {
    private final boolean watchesAddress;
    private volatile int port;

    /**
     * @param watchesAddress whether what it advertises was said by somebody, who may be wrong
     */
    Listener(boolean watchesAddress) {
      this.watchesAddress = watchesAddress;
    }

    @Override
    public Opened open(Node node) throws IOException {
      KafkaServer server = KafkaServer.start(node);
      port = server.port();
      Optional<GrpcServer> grpc = grpc(node, server);
      Optional<AddressWatch> watch =
          watchesAddress ? Optional.of(AddressWatch.start(node)) : Optional.empty();
      return () -> {
        watch.ifPresent(AddressWatch::stop);
        CompletionStage<Done> stopped = server.stop();
        return grpc.map(GrpcServer::stop)
            .map(also -> also.thenCombine(stopped, (one, both) -> both))
            .orElse(stopped);
      };
    }

    private static Optional<GrpcServer> grpc(Node node, KafkaServer server) throws IOException {
      try {
        return GrpcServer.isWanted(node) ? Optional.of(GrpcServer.start(node)) : Optional.empty();
      } catch (IOException notBound) {
        var unused = server.stop();
        throw notBound;
      }
    }
  }

  private record Running(GranaryNode node, Listener listener) implements RunningBroker {
    @Override
    public ActorSystem<?> system() {
      return node.system();
    }

    @Override
    public int kafkaPort() {
      return listener.port;
    }

    @Override
    public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink() {
      return Producer.plainSink(producer());
    }

    private ProducerSettings<byte[], byte[]> producer() {
      return ProducerSettings.create(node, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Sink<ProducerRecord<byte[], byte[]>, CompletionStage<Done>> sink(
        Runnable onAcknowledged) {
      return Flow.<ProducerRecord<byte[], byte[]>>create()
          .map(record -> ProducerMessage.single(record))
          .via(Producer.flexiFlow(producer()))
          .toMat(Sink.foreach(result -> onAcknowledged.run()), Keep.right());
    }

    @Override
    public Source<ConsumerRecord<byte[], byte[]>, ?> source(Map<TopicPartition, Long> fromOffsets) {
      return Consumer.plainSource(
          ConsumerSettings.create(node, new ByteArrayDeserializer(), new ByteArrayDeserializer()),
          Subscriptions.assignmentWithOffset(fromOffsets));
    }

    @Override
    public CompletionStage<Done> whenStopped() {
      return node.whenStopped();
    }

    @Override
    public CompletionStage<Done> stop() {
      return node.stop();
    }
  }
}
