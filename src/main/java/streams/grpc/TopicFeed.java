package streams.grpc;

import actors.broker.Node;
import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import streams.grpc.v1.Topic;
import streams.grpc.v1.TopicsChanged;

/** The broker's picture of the topics for one client: all of them, then what changes. */
final class TopicFeed {
  private final Node node;
  private ClusterMetadata sent = ClusterMetadata.EMPTY;
  private boolean begun;

  private TopicFeed(Node node) {
    this.node = node;
  }

  /** While the client does not read, changes gather in the picture and cost nothing. */
  static Source<TopicsChanged, NotUsed> of(Node node) {
    return Source.tick(java.time.Duration.ZERO, Limits.WATCH_INTERVAL, NotUsed.getInstance())
        .mapMaterializedValue(ignored -> NotUsed.getInstance())
        .statefulMapConcat(
            () -> {
              TopicFeed feed = new TopicFeed(node);
              return tick -> feed.changes();
            });
  }

  /** What the client does not know yet. */
  private List<TopicsChanged> changes() {
    ClusterMetadata image = node.metadata();
    if (begun && image.version() == sent.version()) {
      return List.of();
    }
    List<Topic> changed = new ArrayList<>();
    for (TopicImage topic : image.topics().values()) {
      if (isChanged(topic)) {
        changed.add(TopicMessages.topic(topic, image, node));
      }
    }
    List<TopicsChanged> messages = inParts(changed);
    TopicsChanged.Builder first = messages.get(0).toBuilder().setAnew(!begun);
    for (TopicImage topic : sent.topics().values()) {
      if (image.topic(topic.id()).isEmpty()) {
        first.addDeleted(TopicMessages.bytes(topic.id()));
      }
    }
    messages.set(0, first.build());
    boolean isNews = !begun || !changed.isEmpty() || first.getDeletedCount() > 0;
    sent = image;
    begun = true;
    return isNews ? messages : List.of();
  }

  @SuppressWarnings("ReferenceEquality") // images are immutable: another image is another object
  private boolean isChanged(TopicImage topic) {
    return sent.topics().get(topic.name()) != topic;
  }

  /** One at least. */
  private static List<TopicsChanged> inParts(List<Topic> topics) {
    List<TopicsChanged> messages = new ArrayList<>();
    int at = 0;
    do {
      int end = Math.min(topics.size(), at + Limits.TOPICS_PER_MESSAGE_MAX);
      messages.add(
          TopicsChanged.newBuilder()
              .addAllTopics(topics.subList(at, end))
              .setMore(end < topics.size())
              .build());
      at = end;
    } while (at < topics.size());
    return messages;
  }
}
