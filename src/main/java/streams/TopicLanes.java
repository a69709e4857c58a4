package streams;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of one topic, and which of them a record goes to: the one it names; else the one
 * that its key hashes to, as Kafka's clients hash; else the same for a batch's worth of bytes, then
 * the next, passing over those without a leader.
 */
final class TopicLanes {
  private final String topic;
  private final int bytesPerTurn;
  private final Function<TopicPartition, Lane> opener;
  private final List<Lane> lanes = new ArrayList<>();
  private TopicView view;
  private long version;
  private int sticky = -1;
  private long stickyBytes;

  /**
   * @param opener makes the lane of a partition when it is needed first
   */
  TopicLanes(String topic, int bytesPerTurn, Function<TopicPartition, Lane> opener) {
    this.topic = topic;
    this.bytesPerTurn = bytesPerTurn;
    this.opener = opener;
  }

  String topic() {
    return topic;
  }

  boolean isOf(long transportVersion) {
    return view != null && version == transportVersion;
  }

  void update(TopicView newView, long transportVersion) {
    view = newView;
    version = transportVersion;
    while (lanes.size() < view.partitionCount()) {
      lanes.add(null);
    }
  }

  int partitionCount() {
    return view.partitionCount();
  }

  int batchBytesMax() {
    return view.batchBytesMax();
  }

  /**
   * @param named the partition that the record names, or null
   * @param key as bytes, or null
   */
  Lane laneFor(Integer named, byte[] key, int size) {
    if (named != null) {
      return lane(named);
    }
    return lane(
        key == null ? spread(size) : BuiltInPartitioner.partitionForKey(key, partitionCount()));
  }

  private int spread(int size) {
    if (sticky < 0 || stickyBytes >= bytesPerTurn || !view.hasLeader().test(sticky)) {
      sticky = afterSticky();
      stickyBytes = 0;
    }
    stickyBytes += size;
    return sticky;
  }

  private int afterSticky() {
    int count = partitionCount();
    int next = sticky < 0 ? ThreadLocalRandom.current().nextInt(count) : (sticky + 1) % count;
    for (int tried = 0; tried < count; tried++) {
      int candidate = (next + tried) % count;
      if (view.hasLeader().test(candidate)) {
        return candidate;
      }
    }
    return next;
  }

  private Lane lane(int partition) {
    Lane lane = lanes.get(partition);
    if (lane == null) {
      lane = opener.apply(new TopicPartition(topic, partition));
      lanes.set(partition, lane);
    }
    return lane;
  }
}
