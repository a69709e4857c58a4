package streams;

import actors.Outcome;
import actors.broker.Node;
import actors.config.EffectiveTopicConfig;
import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import actors.group.Groups;
import actors.partition.Replica;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import storage.log.FetchRegion;

/** The way to the leaders, by a node in this process, whichever actor system the stream runs in. */
final class LocalTransport implements Transport {
  private final Node node;

  LocalTransport(Node node) {
    this.node = node;
  }

  @Override
  public ActorSystem<?> system() {
    return node.system();
  }

  @Override
  public long version() {
    return node.metadata().version();
  }

  @Override
  public Optional<TopicView> topic(String name) {
    ClusterMetadata image = node.metadata();
    return image.topic(name).map(topic -> view(image, topic));
  }

  private TopicView view(ClusterMetadata image, TopicImage topic) {
    return new TopicView(
        topic.partitions().size(),
        EffectiveTopicConfig.of(topic.configs(), node.configs()).batchBytesMax(),
        partition -> image.isLive(topic.partitions().get(partition).leader()));
  }

  @Override
  public Outcome<ActorRef<Replica.Command>> leader(TopicPartition partition) {
    return node.leader(partition.topic(), partition.partition());
  }

  @Override
  public Optional<String> topicName(Uuid id) {
    return node.metadata().topic(id).map(TopicImage::name);
  }

  @Override
  public Groups groups() {
    return node.groups();
  }

  @Override
  public String host() {
    return "/" + node.settings().advertisedHost();
  }

  @Override
  public CompletionStage<Long> nextProducerId() {
    return node.nextProducerId();
  }

  @Override
  public ByteBuffer read(FetchRegion region) {
    return region.readFully();
  }

  @Override
  public long nowMillis() {
    return node.nowMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
