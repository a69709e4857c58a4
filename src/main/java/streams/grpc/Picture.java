package streams.grpc;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import streams.grpc.v1.Partition;
import streams.grpc.v1.Topic;
import streams.grpc.v1.TopicsChanged;

/**
 * The topics as a broker has told of them. Immutable.
 *
 * @param version grows with each change
 * @param isWhole whether all has come that the broker knew when it began
 */
record Picture(long version, boolean isWhole, Map<String, Topic> topics, Map<Uuid, String> names) {
  static final Picture NONE = new Picture(0, false, Map.of(), Map.of());

  Picture {
    topics = Map.copyOf(topics);
    names = Map.copyOf(names);
  }

  /** The picture after what the broker says now. */
  Picture after(TopicsChanged change) {
    Map<String, Topic> nextTopics = new HashMap<>(change.getAnew() ? Map.of() : topics);
    Map<Uuid, String> nextNames = new HashMap<>(change.getAnew() ? Map.of() : names);
    for (ByteString id : change.getDeletedList()) {
      TopicMessages.id(id).map(nextNames::remove).ifPresent(nextTopics::remove);
    }
    for (Topic topic : change.getTopicsList()) {
      nextTopics.put(topic.getName(), topic);
      TopicMessages.id(topic.getId()).ifPresent(id -> nextNames.put(id, topic.getName()));
    }
    boolean whole = (isWhole && !change.getAnew()) || !change.getMore();
    return new Picture(version + 1, whole, nextTopics, nextNames);
  }

  Optional<Topic> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  /** Whether the partition is in this reign still. */
  boolean shows(Reign reign) {
    return Optional.ofNullable(names.get(reign.topicId()))
        .map(topics::get)
        .filter(topic -> reign.partition() < topic.getPartitionsCount())
        .map(topic -> topic.getPartitions(reign.partition()))
        .filter(partition -> partition.getLeader() >= 0)
        .map(Partition::getLeaderEpoch)
        .filter(epoch -> epoch == reign.epoch())
        .isPresent();
  }

  /** One leadership of one partition. */
  record Reign(Uuid topicId, int partition, int epoch) {}
}
