package actors.access;

import actors.LeaderEpoch;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.pcollections.HashTreePMap;
import org.pcollections.TreePMap;

/** A topic of one partition, led by broker 2 in epoch 7, and images in which it is otherwise. */
final class Reigns {
  static final String TOPIC = "t";
  static final Uuid TOPIC_ID = new Uuid(3, 4);
  static final int LEADER = 2;
  static final LeaderEpoch EPOCH = new LeaderEpoch(7);
  static final Reign REIGN = new Reign(TOPIC_ID, 0, LEADER, EPOCH);
  static final int BATCH_BYTES_MAX = 9 * 1024 * 1024;

  private Reigns() {}

  static ClusterMetadata image(int leader, int epoch) {
    return image(TOPIC_ID, leader, epoch);
  }

  static ClusterMetadata image(Uuid topicId, int leader, int epoch) {
    TopicImage topic =
        new TopicImage(
            topicId,
            TOPIC,
            Map.of("max.message.bytes", Integer.toString(BATCH_BYTES_MAX)),
            List.of(partition(leader, epoch)));
    return new ClusterMetadata(
        1,
        "cluster",
        1,
        1,
        TreePMap.<String, TopicImage>empty().plus(TOPIC, topic),
        HashTreePMap.<Uuid, String>empty().plus(topicId, TOPIC),
        TreePMap.empty(),
        0);
  }

  static PartitionImage partition(int leader, int epoch) {
    return new PartitionImage(
        0, List.of(2, 3), List.of(2, 3), List.of(), leader, new LeaderEpoch(epoch), 9);
  }
}
