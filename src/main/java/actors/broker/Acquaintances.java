package actors.broker;

import actors.BrokerEpoch;
import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import actors.controller.TopicImage;
import actors.partition.PartitionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which other brokers' replicas have been asked for, so that where they are is known before it is
 * wanted: whom nobody has asked for yet could not be found while the cluster is without the one
 * that knows.
 */
final class Acquaintances {
  private final int brokerId;

  /** In which life each was asked for. */
  private final Map<Integer, BrokerEpoch> met = new HashMap<>();

  Acquaintances(int brokerId) {
    this.brokerId = brokerId;
  }

  /**
   * @param replica any of that broker
   */
  record Meeting(int brokerId, PartitionId replica) {}

  /** Whom to ask for now; each of them counts as met in this life from now on. */
  List<Meeting> toMeet(ClusterMetadata image) {
    List<Meeting> meetings = new ArrayList<>();
    for (BrokerImage broker : image.brokers().values()) {
      if (broker.id() != brokerId
          && !broker.fenced()
          && !broker.epoch().equals(met.get(broker.id()))) {
        replicaOn(image, broker.id())
            .ifPresent(
                replica -> {
                  met.put(broker.id(), broker.epoch());
                  meetings.add(new Meeting(broker.id(), replica));
                });
      }
    }
    return meetings;
  }

  private static Optional<PartitionId> replicaOn(ClusterMetadata image, int brokerId) {
    for (TopicImage topic : image.topics().values()) {
      for (PartitionImage partition : topic.partitions()) {
        if (partition.replicas().contains(brokerId)) {
          return Optional.of(new PartitionId(topic.id(), topic.name(), partition.partition()));
        }
      }
    }
    return Optional.empty();
  }
}
