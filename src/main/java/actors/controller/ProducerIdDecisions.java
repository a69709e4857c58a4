package actors.controller;

import actors.BrokerEpoch;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** Hands out producer ids in blocks, so that none is ever used twice. */
final class ProducerIdDecisions {
  private ProducerIdDecisions() {}

  static Decision<Controller.ProducerIdBlock> allocate(
      ClusterMetadata image, int brokerId, BrokerEpoch epoch) {
    return BrokerDecisions.ofRegistered(
        image, brokerId, epoch, broker -> allocated(image.nextProducerId(), brokerId, epoch));
  }

  private static Decision<Controller.ProducerIdBlock> allocated(
      long first, int brokerId, BrokerEpoch epoch) {
    int count = Limits.PRODUCER_ID_BLOCK_COUNT;
    if (first > Long.MAX_VALUE - count) {
      return Decision.refused(Errors.UNKNOWN_SERVER_ERROR, "All producer ids are used up.");
    }
    return Decision.accepted(
        List.of(new MetadataFact.ProducerIdsAllocated(brokerId, epoch, first + count)),
        new Controller.ProducerIdBlock(first, count));
  }
}
