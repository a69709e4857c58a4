package actors.group.consumer;

import actors.group.TopicsView;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.kafka.common.Uuid;
import org.pcollections.TreePMap;

/** Topics as a test likes them; immutable. */
public record FakeTopics(long version, TreePMap<String, Topic> byName) implements TopicsView {
  public static final FakeTopics NONE = new FakeTopics(0, TreePMap.empty());

  /** With the topic, new or grown. */
  public FakeTopics with(String name, int partitions) {
    Topic before = byName.get(name);
    Uuid id = before == null ? new Uuid(7, version + 1) : before.id();
    return new FakeTopics(version + 1, byName.plus(name, new Topic(id, name, partitions)));
  }

  FakeTopics without(String name) {
    return new FakeTopics(version + 1, byName.minus(name));
  }

  Partition partition(String name, int index) {
    return new Partition(byName.get(name).id(), index);
  }

  @Override
  public Optional<Topic> topic(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public Optional<Topic> topic(Uuid id) {
    return byName.values().stream().filter(topic -> topic.id().equals(id)).findFirst();
  }

  @Override
  public SortedSet<String> names() {
    return byName.keySet();
  }
}
