package streams.kafka;

import actors.controller.BrokerImage;
import actors.controller.ClusterMetadata;
import actors.controller.PartitionImage;
import java.util.OptionalInt;

/**
 * Which replica a consumer should rather read than the leader: one that is in sync and in its own
 * rack (<a
 * href="https://cwiki.apache.org/confluence/display/KAFKA/KIP-392%3A+Allow+consumers+to+fetch+from+closest+replica">KIP-392</a>).
 */
final class NearestReplica {
  private NearestReplica() {}

  /**
   * @param brokerId who is asked; only the leader sends consumers elsewhere
   * @param clientRack empty if the client does not say where it is
   * @return empty if the client should stay
   */
  static OptionalInt of(
      ClusterMetadata image, PartitionImage partition, int brokerId, String clientRack) {
    if (clientRack.isEmpty()
        || partition.leader() != brokerId
        || isIn(clientRack, image, brokerId)) {
      return OptionalInt.empty();
    }
    return partition.isr().stream()
        .filter(broker -> image.isLive(broker) && isIn(clientRack, image, broker))
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private static boolean isIn(String rack, ClusterMetadata image, int brokerId) {
    BrokerImage broker = image.brokers().get(brokerId);
    return broker != null && broker.rack().filter(rack::equals).isPresent();
  }
}
