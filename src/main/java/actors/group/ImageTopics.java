package actors.group;

import actors.controller.ClusterMetadata;
import actors.controller.TopicImage;
import java.util.Collections;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;

/** The topics of an image of the cluster. */
final class ImageTopics implements TopicsView {
  private final long version;
  private final ClusterMetadata image;
  private final SortedMap<String, Integer> counts;

  private ImageTopics(long version, ClusterMetadata image) {
    this.version = version;
    this.image = image;
    this.counts = new TreeMap<>();
    image.topics().forEach((name, topic) -> counts.put(name, topic.partitions().size()));
  }

  static ImageTopics of(ClusterMetadata image) {
    return new ImageTopics(0, image);
  }

  /** The same version if no topic has come, gone or grown. */
  ImageTopics next(ClusterMetadata newer) {
    ImageTopics next = new ImageTopics(version + 1, newer);
    boolean isSame = counts.equals(next.counts) && image.topicNames().equals(newer.topicNames());
    return isSame ? new ImageTopics(version, newer) : next;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Optional<Topic> topic(String name) {
    return image.topic(name).map(ImageTopics::view);
  }

  @Override
  public Optional<Topic> topic(Uuid id) {
    return image.topic(id).map(ImageTopics::view);
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(counts.keySet()));
  }

  /** Whether the topic of that name is not there any more, or another one has taken its name. */
  boolean hasLost(String name, TopicsView before) {
    Optional<Uuid> then = before.topic(name).map(Topic::id);
    Optional<Uuid> now = image.topic(name).map(TopicImage::id);
    return then.isPresent() && !Objects.equals(then, now);
  }

  private static Topic view(TopicImage topic) {
    return new Topic(topic.id(), topic.name(), topic.partitions().size());
  }
}
